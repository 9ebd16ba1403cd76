import type { IsoPaymentStatus } from '@tributary/domain';
import type { DailyPerformance, InboundBank, IssuedToken, Provider } from '@tributary/providers';
import { startBanking, type TestBanking } from './banking.js';

/** A hub for specs of the bank desk: what it is told is kept, and each answer is what the spec sets. */
export class DeskHub {
  readonly grants: string[] = [];
  readonly revoked: string[] = [];
  readonly statuses: IsoPaymentStatus[] = [];
  readonly days: DailyPerformance[] = [];
  /** Awaited before it says who sent a browser. */
  describing: () => Promise<void> = () => Promise.resolve();
  /** Awaited before a grant is answered; what it throws is the answer. */
  granting: () => Promise<void> = () => Promise.resolve();
  /** Awaited before a report is taken; what it throws is the answer. */
  reporting: (status: IsoPaymentStatus | null) => Promise<void> = () => Promise.resolve();

  /** @param agreed what the bank agreed on with it otherwise than usual */
  constructor(private readonly agreed: Partial<Pick<InboundBank, 'fundsBalance' | 'endStatuses'>> = {}) {}

  private readonly bank: InboundBank = {
    institution: { name: 'Spec Bank', country: 'GB' },
    confirmationMinutes: 15,
    authorisationMinutes: 15,
    requestIdHours: 24,
    fundsBalance: 'interimAvailable',
    endStatuses: { refused: 'CANC', declined: 'RJCT', expired: 'RJCT' },
    ...this.agreed,
    reportSeconds: 30,
    verify: unasked,
    decode: unasked,
    encode: unasked,
    refuse: unasked,
    oneTime: () => false,
    returnUrl: (callbackUrl, { status, message }) => {
      const url = new URL(callbackUrl);
      url.searchParams.set('status', status);
      if (message !== undefined) url.searchParams.set('message', message);
      return url.href;
    },
    describeAuthorisation: async () => {
      await this.describing();
      return {
        tpp: { name: 'Budget App', registration: null },
        scopes: ['accounts'],
        permissions: ['accounts'],
        unknownScopes: [],
        cancelUrl: 'https://hub.example/cancel',
      };
    },
    grant: async ({ id }) => {
      this.grants.push(id);
      await this.granting();
      return this.issued(id);
    },
    revokeToken: (token) => {
      this.revoked.push(token);
      return Promise.resolve();
    },
    reportStatus: async (_, status) => {
      await this.reporting(status);
      this.statuses.push(status);
    },
    reportPerformance: async (day) => {
      await this.reporting(null);
      this.days.push(day);
    },
  };

  readonly provider: Provider = {
    bank: this.bank,
    institutions: { list: () => Promise.resolve([]) },
    close: () => Promise.resolve(),
  };

  /** The use cases, with the app as the bank that this hub asks. */
  async startDesk(): Promise<TestBanking> {
    const banking = await startBanking(this.provider);
    await banking.database.query(
      `UPDATE connections SET bank_app_id = $1, created_at = now() - interval '3 day' WHERE id = $2`,
      [banking.appId, banking.connectionId],
    );
    return banking;
  }

  private issued(id: string): IssuedToken {
    const validUntil = new Date(Date.now() + 86_400_000);
    return { token: `token-of-${id}`, validUntil, callbackUrl: 'https://hub.example/granted?code=1' };
  }
}

function unasked(): never {
  throw new Error('this hub asks nothing');
}
