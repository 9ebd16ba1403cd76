import { ApiProperty } from '@nestjs/swagger';

/** A status of the upstream and what it means in ISO 20022. */
export class StatusRowDto {
  /** The upstream's own word. @example ACSC */
  upstream: string;
  /** ISO 20022 ExternalPaymentTransactionStatus1Code; null where it has no meaning there. */
  @ApiProperty({ type: 'string', nullable: true, example: 'ACSC' })
  iso: string | null;
  note?: string;
}

/** An upstream that this installation speaks. */
export class ProviderDto {
  /** @example xs2a */
  id: string;
  /** @example "Berlin Group XS2A" */
  label: string;
  /** What it can do at most; a connection may do less. Unknown ones may be added. @example ["accounts", "payments"] */
  capabilities: string[];
  /** JSON Schema (draft 2020-12) of `settings` of a connection. `writeOnly` marks a secret. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { type: 'object', required: ['baseUrl'] } })
  settings: Record<string, unknown>;
  @ApiProperty({ type: [StatusRowDto] })
  statuses: StatusRowDto[];
}
