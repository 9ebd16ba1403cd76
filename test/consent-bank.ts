import type {
  AccountSnapshot,
  BalanceSnapshot,
  ConsentState,
  NextStep,
  ScaApproach,
  ScaStatus,
} from '@tributary/domain';
import type { TransactionSnapshot, UnreadableRow } from '@tributary/domain';
import {
  type AccountInformation,
  type Authorisation,
  type AuthorisationSnapshot,
  type ConsentSnapshot,
  type Provider,
  ProviderError,
  type ProviderErrorFacts,
  type TokenSet,
  type TransactionPage,
  type TransactionQuery,
} from '@tributary/providers';

/** What the bank was asked, and how often. */
type Call =
  | 'createConsent'
  | 'readConsent'
  | 'revokeConsent'
  | 'listAccounts'
  | 'readBalances'
  | 'readTransactions'
  | 'start'
  | 'answer'
  | 'complete'
  | 'status'
  | 'confirm';

/**
 * A bank for specs: it holds one consent at a time, asks for an SCA in the way that the spec wants, and counts what it was
 * asked. What it says next is set by the spec.
 */
export class ConsentBank {
  readonly calls: Call[] = [];
  approach: ScaApproach = 'embedded';
  state: ConsentState | null = 'awaitingAuthorisation';
  word = 'received';
  /** Whether the SCA comes before the consent (OAuth as a pre-step). */
  preStep = false;
  preStepDone = false;
  /** The way in which the PSU is known again is good once: an interrupted return leads nowhere. */
  codeOnce = false;
  /** The bank has the PSU's answer to the open step, of which we never heard. */
  stepLost = false;
  accounts: readonly AccountSnapshot[] = [account('DE89370400440532013000', 'r-1')];
  balances: readonly BalanceSnapshot[] = [];
  transactions: readonly TransactionSnapshot[] = [];
  unreadable: readonly UnreadableRow[] = [];
  pageSize = 1_000;
  /** Thrown instead of the next answer to this call. */
  readonly faults = new Map<Call, Partial<ProviderErrorFacts> & Pick<ProviderErrorFacts, 'kind'>>();
  /** Awaited before each call is answered. */
  before: (call: Call) => Promise<void> = () => Promise.resolve();
  tokens: TokenSet | undefined;
  seenStates: string[] = [];
  queries: TransactionQuery[] = [];

  count(call: Call): number {
    return this.calls.filter((made) => made === call).length;
  }

  /** The PSU does their part at the bank. */
  authorise(): void {
    this.state = 'authorised';
    this.word = 'valid';
  }

  readonly provider: Provider = {
    institutions: { list: () => Promise.resolve([]) },
    close: () => Promise.resolve(),
    authorisation: this.authorisation(),
    accounts: this.accountInformation(),
    funds: {
      confirm: async ({ amount }) => {
        await this.made('confirm');
        return amount.minor <= 100_00n;
      },
    },
  };

  private authorisation(): Authorisation {
    return {
      start: async (_subject, { callback }) => {
        await this.made('start');
        this.seenStates.push(callback.state);
        this.stepLost = false;
        return this.firstStep();
      },
      answer: async (_subject, held, answer) => {
        await this.made('answer');
        if (answer.type === 'credentials') {
          return this.sca('psuAuthenticated', { type: 'challenge', isRetry: false, prompt: 'code' });
        }
        if (answer.type === 'challenge' && answer.code === '123456') {
          this.authorise();
          return this.sca('finalised', null);
        }
        throw problem({
          kind: 'psu-credentials',
          authorisation: {
            ...this.sca('psuAuthenticated', { type: 'challenge', isRetry: true }),
            reference: held.reference,
          },
        });
      },
      complete: async (_subject, _held, query) => {
        await this.made('complete');
        if (query['error'] !== undefined) {
          this.state = 'rejected';
          this.word = 'rejected';
          return this.sca('failed', null);
        }
        if (this.preStep) this.preStepDone = true;
        else this.authorise();
        return this.sca('finalised', null);
      },
      status: async (_subject, { nextStep, interrupted }) => {
        await this.made('status');
        if (this.stepLost || (this.codeOnce && interrupted === true))
          return { ...this.sca('psuAuthenticated', nextStep), stepLost: true };
        if (this.state === 'authorised') return this.sca('finalised', null);
        return this.sca('started', { type: 'wait', pollAfterSeconds: 2 });
      },
    };
  }

  private accountInformation(): AccountInformation {
    return {
      createConsent: async (order) => {
        await this.made('createConsent');
        this.seenStates.push(order.callback.state);
        if (this.preStep && !this.preStepDone) {
          return { ...this.consent(), reference: null, state: null, authorisation: this.firstStep() };
        }
        return this.consent();
      },
      readConsent: async () => {
        await this.made('readConsent');
        return this.consent();
      },
      revokeConsent: async () => {
        await this.made('revokeConsent');
        this.state = 'revoked';
        this.word = 'terminatedByTpp';
        return this.consent();
      },
      listAccounts: async () => {
        await this.made('listAccounts');
        return {
          rows: this.accounts.map((row) => ({ ...row, continuation: { link: row.reference } })),
          unreadable: [],
        };
      },
      readBalances: async () => {
        await this.made('readBalances');
        return { rows: this.balances, unreadable: [] };
      },
      readTransactions: async (_consent, _account, query) => {
        await this.made('readTransactions');
        this.queries.push(query);
        return this.page(query);
      },
    };
  }

  private page({ cursor }: TransactionQuery): TransactionPage {
    const from = Number(cursor ?? 0);
    const to = from + this.pageSize;
    return {
      rows: this.transactions.slice(from, to),
      unreadable: from === 0 ? this.unreadable : [],
      next: to < this.transactions.length ? String(to) : null,
    };
  }

  private consent(): ConsentSnapshot {
    return {
      reference: 'consent-1',
      state: this.state,
      upstreamStatus: this.word,
      continuation: { self: '/v1/consents/consent-1' },
      observedAt: new Date(),
    };
  }

  private firstStep(): AuthorisationSnapshot {
    const steps: Record<ScaApproach, NextStep> = {
      embedded: { type: 'credentials', fields: [{ name: 'password', label: 'Password', secret: true }] },
      redirect: { type: 'redirect', url: 'https://bank.example/authorise' },
      oauth: { type: 'redirect', url: 'https://bank.example/oauth' },
      decoupled: { type: 'wait', pollAfterSeconds: 2 },
    };
    return this.sca('received', steps[this.approach]);
  }

  private sca(scaStatus: ScaStatus, nextStep: NextStep | null): AuthorisationSnapshot {
    return {
      reference: 'sca-1',
      approach: this.approach,
      scaStatus,
      upstreamStatus: scaStatus,
      nextStep,
      continuation: { status: '/sca-1' },
      tokens: this.tokens,
      observedAt: new Date(),
    };
  }

  private async made(call: Call): Promise<void> {
    this.calls.push(call);
    await this.before(call);
    const fault = this.faults.get(call);
    if (!fault) return;
    this.faults.delete(call);
    throw problem(fault);
  }
}

/** An account as a bank lists it. */
export function account(iban: string, reference: string, currency = 'EUR'): AccountSnapshot {
  return { reference, identifiers: [{ scheme: 'iban', value: iban }], currency, status: 'enabled', raw: {} };
}

function problem(facts: Partial<ProviderErrorFacts> & Pick<ProviderErrorFacts, 'kind'>): ProviderError {
  return new ProviderError({ provider: 'spec', operation: 'spec', message: 'as the spec wants it', ...facts });
}
