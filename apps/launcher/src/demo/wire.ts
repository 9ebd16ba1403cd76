/** The parts of the REST contract that the demo reads. An app would generate these from /docs-json. */
export interface Page<Row> {
  readonly data: readonly Row[];
  readonly page: { readonly nextCursor: string | null; readonly hasMore: boolean };
}

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export type NextStep =
  | { readonly type: 'redirect'; readonly url: string }
  | { readonly type: 'credentials'; readonly fields: readonly { readonly name: string }[] }
  | { readonly type: 'selectMethod'; readonly methods: readonly { readonly id: string; readonly decoupled: boolean }[] }
  | { readonly type: 'challenge'; readonly isRetry: boolean }
  | { readonly type: 'wait' };

export interface Consent {
  readonly id: string;
  readonly status: string;
  readonly authorisationId: string;
  readonly nextStep: NextStep | null;
}

export interface Authorisation {
  readonly id: string;
  readonly approach: string;
  readonly scaStatus: string;
  readonly nextStep: NextStep | null;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly identifiers: readonly { readonly scheme: string; readonly value: string }[];
}

export interface Balance {
  readonly type: string;
  readonly amount: Money;
  readonly creditDebit: string;
}

export interface Transaction {
  readonly id: string;
  readonly status: string;
  readonly bookedOn?: string | null;
  readonly amount: Money;
  readonly direction: string;
  readonly counterparty?: { readonly name?: string | null } | null;
}

export interface Payment {
  readonly id: string;
  readonly status: string;
  readonly isoStatus: string | null;
  readonly isoReason: string | null;
  readonly final: boolean;
  readonly fees: Money | null;
  readonly cancellationAuthorisationId: string | null;
  readonly authorisationId: string;
  readonly nextStep: NextStep | null;
}

export interface BulkPayment extends Payment {
  readonly items: readonly {
    readonly amount: Money;
    readonly isoStatus: string | null;
    readonly isoReason: string | null;
  }[];
}

export interface TimelineEntry {
  readonly at: string;
  readonly source: string;
  readonly upstreamStatus: string;
  readonly isoStatus: string | null;
  readonly applied: boolean;
  readonly why: string;
  readonly latencyMs: number | null;
}
