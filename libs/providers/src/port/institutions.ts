import type { PaymentScheme, ScaApproach } from '@tributary/domain';
import type { CallContext } from './call.js';

/** One bank that a connection reaches. */
export interface InstitutionSnapshot {
  /** The upstream's name of the bank within this connection. */
  readonly reference: string;
  readonly name: string;
  readonly bic?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly logoUrl?: string | undefined;
  readonly scaApproaches: readonly ScaApproach[];
  readonly paymentSchemes: readonly PaymentScheme[];
  /** Longest consent in days that the bank grants; null where it does not say. */
  readonly maxConsentDays: number | null;
  readonly status: 'available' | 'degraded' | 'unavailable';
}

/** Lists the banks that are reachable through one connection. */
export interface InstitutionDirectory {
  list(context: CallContext): Promise<readonly InstitutionSnapshot[]>;
}
