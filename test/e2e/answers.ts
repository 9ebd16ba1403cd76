/** What the API answers, as an app written against the contract reads it: from HTTP alone, without our own types. */

export interface Page<T> {
  readonly data: readonly T[];
  readonly page: { readonly nextCursor: string | null; readonly hasMore: boolean };
}

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export type NextStep =
  | { readonly type: 'redirect'; readonly url: string }
  | { readonly type: 'credentials'; readonly fields: readonly StepField[]; readonly isRetry?: boolean }
  | { readonly type: 'selectMethod'; readonly methods: readonly StepMethod[] }
  | { readonly type: 'challenge'; readonly prompt?: string; readonly isRetry: boolean }
  | { readonly type: 'wait'; readonly pollAfterSeconds: number };

export interface StepField {
  readonly name: string;
  readonly label: string;
  readonly secret: boolean;
}

export interface StepMethod {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly decoupled: boolean;
}

export type Approach = 'redirect' | 'embedded' | 'decoupled' | 'oauth';

export interface Authorisation {
  readonly id: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly approach: string;
  readonly scaStatus: string;
  readonly nextStep: NextStep | null;
}

export interface Consent {
  readonly id: string;
  readonly institutionId: string;
  readonly provider: string;
  readonly psuId: string;
  readonly status: string;
  readonly subStatus: string | null;
  readonly access: readonly string[];
  readonly recurring: boolean;
  readonly validUntil: string;
  readonly frequencyPerDay: number;
  readonly authorisationId: string;
  readonly nextStep: NextStep | null;
}

export interface ConsentEvent {
  readonly at: string;
  readonly source: string;
  readonly status: string;
  readonly upstreamStatus: string | null;
  readonly applied: boolean;
  readonly why: string;
}

export interface Payment {
  readonly id: string;
  readonly status: string;
  readonly isoStatus: string | null;
  readonly isoReason: string | null;
  readonly final: boolean;
  readonly amount: Money;
  readonly endToEndId: string;
  readonly provider: string;
  readonly connectionId: string;
  readonly reference: string | null;
  readonly upstreamStatus: string | null;
  readonly authorisationId: string | null;
  readonly nextStep: NextStep | null;
}

export interface TimelineEntry {
  readonly at: string;
  readonly source: string;
  readonly upstreamStatus: string;
  readonly isoStatus: string | null;
  readonly applied: boolean;
  readonly why: string;
}

export interface Account {
  readonly id: string;
  readonly institutionId: string;
  readonly provider: string;
  readonly reference: string;
  readonly identifiers: readonly { readonly scheme: string; readonly value: string }[];
  readonly currency: string;
  readonly name: string;
  readonly type: string | null;
  readonly status: string;
}

export interface Balance {
  readonly type: string;
  readonly amount: Money;
  readonly creditDebit: string;
  readonly asOf: string | null;
}

export interface Transaction {
  readonly id: string;
  readonly accountId: string;
  readonly status: string;
  readonly bookedOn?: string | null;
  readonly amount: Money;
  readonly direction: string;
  readonly counterparty?: { readonly name?: string } | null;
  readonly remittance?: { readonly unstructured?: readonly string[]; readonly structured?: string | null } | null;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly source: string;
  readonly traceId: string;
  readonly retry: { readonly safe: boolean; readonly afterSeconds: number | null };
  readonly nextAction?: { readonly type: string; readonly href: string };
  readonly nextAllowedAt?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
  readonly upstream?: { readonly provider: string; readonly httpStatus: number | null; readonly code: string | null };
}

export interface Institution {
  readonly id: string;
  readonly name: string;
  readonly routes: readonly {
    readonly provider: string;
    readonly connectionId: string;
    readonly capabilities: readonly string[];
    readonly scaApproaches: readonly string[];
    readonly paymentSchemes: readonly string[];
    readonly status?: string;
    readonly services?: { readonly accounts: string; readonly payments: string };
  }[];
}
