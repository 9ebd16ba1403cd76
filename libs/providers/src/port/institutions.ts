import type { PaymentScheme, ScaApproach } from '@tributary/domain';
import type { CallContext } from './call.js';
import type { Capability } from './capability.js';

/** Whether a service of a bank works now. */
export type ServiceStatus = 'available' | 'degraded' | 'unavailable';

/** What this bank wants of an order or a consent besides what everybody wants. */
export interface RequiredFields {
  readonly capability: Capability;
  /** Only for these schemes; absent: for all. */
  readonly paymentSchemes?: readonly PaymentScheme[] | undefined;
  /** Names of our request's fields, for example `debtor.name`; a field that has no name here keeps the upstream's own. */
  readonly fields: readonly string[];
}

/** A time in which the bank has announced work on its side. */
export interface MaintenanceWindow {
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
  /** `none`: nothing will be noticed; `possible`: calls may fail; `outage`: they will. */
  readonly impact: 'none' | 'possible' | 'outage';
  /** What is touched; absent: everything. */
  readonly service?: 'accounts' | 'payments' | undefined;
}

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
  readonly status: ServiceStatus;
  /** What this bank can do of what the provider can; absent: all of it. */
  readonly capabilities?: readonly Capability[] | undefined;
  /** How its services work now, where the upstream tells them apart. */
  readonly services?:
    | { readonly accounts: ServiceStatus; readonly payments: ServiceStatus; readonly asOf?: string | undefined }
    | undefined;
  readonly requiredFields?: readonly RequiredFields[] | undefined;
  readonly maintenance?: readonly MaintenanceWindow[] | undefined;
}

/** Lists the banks that are reachable through one connection. */
export interface InstitutionDirectory {
  /** How soon a list is old, where what it says changes by itself. Absent: with the connection only. */
  readonly refreshSeconds?: number | undefined;
  list(context: CallContext): Promise<readonly InstitutionSnapshot[]>;
}
