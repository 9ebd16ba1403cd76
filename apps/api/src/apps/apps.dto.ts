import { ApiProperty } from '@nestjs/swagger';
import { type Scope, scopes } from '@tributary/banking';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsString, Length, registerDecorator } from 'class-validator';
import { idSchema } from '../http/id-param.js';

/** A new app (tenant). */
export class CreateApp {
  /** What people call it. @example "Budget Planner" */
  @IsString()
  @Length(1, 200)
  name: string;

  /** Where PSUs may be sent back to: absolute URIs, compared character by character. */
  @ApiProperty({
    type: [String],
    maxItems: 50,
    uniqueItems: true,
    items: { type: 'string', format: 'uri', maxLength: 2000 },
    example: ['https://app.example.com/callback'],
  })
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsRedirectUri()
  redirectUris: string[];

  /** What the app may do. */
  @ApiProperty({ enum: scopes, isArray: true, uniqueItems: true, example: ['institutions', 'consents', 'accounts'] })
  @IsArray()
  @ArrayUnique()
  @IsIn(scopes, { each: true })
  scopes: Scope[];
}

/** A live credential of an app, without its secret. */
export class CredentialDto {
  /** @example client_01KAHX5V4Q0N6W2T8B7C9D3E5F */
  clientId: string;
  createdAt: Date;
}

/** A new credential. */
export class NewCredentialDto extends CredentialDto {
  /** Shown this once; only its hash is kept. */
  @ApiProperty({ type: 'string', example: 'secret_...' })
  clientSecret: string;
}

/** An app (tenant). */
export class AppDto {
  @ApiProperty(idSchema('app'))
  id: string;
  /** @example "Budget Planner" */
  name: string;
  /** @example ["https://app.example.com/callback"] */
  redirectUris: string[];
  @ApiProperty({ enum: scopes, isArray: true })
  scopes: string[];
  /** At most two, so that a secret can be rotated without a gap. */
  @ApiProperty({ type: [CredentialDto] })
  credentials: CredentialDto[];
  createdAt: Date;
  updatedAt: Date;
}

/** Absolute URIs without a fragment or user information (RFC 6749 section 3.1.2); plain http only for this machine. */
function IsRedirectUri(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isRedirectUri',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) => Array.isArray(value) && value.every(isRedirectUri),
        defaultMessage: () =>
          '$property must be absolute URIs without "#" and user information; http only for localhost',
      },
    });
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Schemes that a browser would run or read instead of going there. */
const dangerous = new Set(['javascript:', 'data:', 'file:', 'vbscript:', 'blob:', 'about:']);

function isRedirectUri(text: unknown): boolean {
  if (typeof text !== 'string' || text.length > 2_000 || !/^[\x21-\x7e]+$/.test(text) || text.includes('#'))
    return false;
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username || password || dangerous.has(protocol)) return false;
  return protocol !== 'http:' || loopback.has(hostname);
}
