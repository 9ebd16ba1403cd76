import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';

/** A key to be made. */
export class EnrolKey {
  /** In the upstream's words; absent: the one that it likes best. @example ED25519 */
  @IsOptional()
  @IsString()
  @Length(1, 40)
  algorithm?: string;
}

/** A public key of ours as the upstream holds it. */
export class KeyDto {
  /** The upstream's name of it. @example _NouLPTuo7WBLBV6 */
  reference: string;
  /** The upstream's word. @example ED25519 */
  algorithm: string;
  /** Null where the upstream does not show it. */
  @ApiProperty({ type: 'string', nullable: true, example: '-----BEGIN PUBLIC KEY-----\n...' })
  publicKeyPem: string | null;
  /** Null where it does not end. */
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  expiresAt: string | null;
  /** Whether this connection signs with it. @example true */
  inUse: boolean;
}

/** All of them: upstreams have no pages of keys. */
export class KeyListDto {
  @ApiProperty({ type: [KeyDto] })
  data: KeyDto[];
}
