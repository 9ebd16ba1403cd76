import { Inject, Injectable } from '@nestjs/common';
import {
  type BankAccount,
  type BankAuthorisation,
  BankAuthorisationEntity,
  type BankPayment,
  BankPaymentEntity,
  type BankSession,
  withTenant,
} from '@tributary/persistence';
import type { CallContext, InboundBank } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { Refusal } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { BankAuthorisationsService } from './bank-authorisations.service.js';
import { BankPaymentsService } from './bank-payments.service.js';
import { BankSessions } from './bank-sessions.js';
import { DeskLoginService, type LoginWay } from './desk-login.service.js';
import { type Desk, Desks } from './desks.js';
import { HeldAccounts } from './held-accounts.js';

/** What a page is about. */
export type PageSubject =
  | { readonly type: 'authorisation'; readonly authorisation: BankAuthorisation }
  | { readonly type: 'payment'; readonly payment: BankPayment };

/** What a customer gets to see behind a link. */
export type BankPage = { readonly institution: InboundBank['institution']; readonly sandbox: boolean } & (
  | { readonly state: 'login'; readonly subject: PageSubject; readonly way: LoginWay }
  | {
      readonly state: 'decide';
      readonly subject: PageSubject;
      readonly psuId: string;
      /** Those that can be chosen. */
      readonly accounts: readonly BankAccount[];
    }
  /** It is decided: the browser goes on. */
  | { readonly state: 'decided'; readonly redirectTo: string }
  | {
      readonly state: 'ended';
      /** Its time is over, the login failed too often, or the hub did not take what the customer granted. */
      readonly why: 'expired' | 'locked' | 'failed';
      readonly subject: PageSubject;
      readonly redirectTo: string | null;
    }
);

/** What the customer does on a page. */
export type PageAct =
  | { readonly type: 'login'; readonly psuId: string; readonly code: string }
  | { readonly type: 'approve'; readonly accountReferences: readonly string[] }
  | { readonly type: 'refuse' };

interface Opened {
  readonly desk: Desk;
  readonly session: BankSession;
  readonly psuId: string | null;
  readonly subject: PageSubject;
}

/** Our pages for a bank's customers: consent and payment confirmation. */
@Injectable()
export class BankPagesService {
  constructor(
    private readonly database: DataSource,
    private readonly desks: Desks,
    private readonly sessions: BankSessions,
    private readonly logins: DeskLoginService,
    private readonly accounts: HeldAccounts,
    private readonly authorisations: BankAuthorisationsService,
    private readonly payments: BankPaymentsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What to show; null where the link is not one of ours. */
  async look(
    provider: string,
    type: BankSession['subjectType'],
    token: string,
    browser: string,
  ): Promise<BankPage | null> {
    return this.opened(provider, type, token, browser, (opened) => this.page(opened));
  }

  /**
   * Does what the customer wants, and says what comes next.
   * @throws Refusal, ProviderError where the hub does not take the grant: the customer can try again
   */
  async act(
    provider: string,
    type: BankSession['subjectType'],
    { token, browser, act }: { readonly token: string; readonly browser: string; readonly act: PageAct },
    context: CallContext,
  ): Promise<BankPage | null> {
    return this.opened(provider, type, token, browser, async (opened) => {
      const { desk, session, subject, psuId } = opened;
      const before = await this.page(opened);
      if (before.state === 'decided' || before.state === 'ended') return before;
      if (act.type === 'login') await this.logins.demo(desk, session, browser, act);
      else if (act.type === 'refuse') await this.refuse(desk, subject, psuId);
      else if (psuId !== null) await this.approve(desk, subject, psuId, act.accountReferences, context);
      return null;
    }).then((page) => page ?? this.look(provider, type, token, browser));
  }

  /** Sends the browser to the bank's own login. */
  async beginLogin(
    provider: string,
    type: BankSession['subjectType'],
    { token, browser, returnUrl }: { readonly token: string; readonly browser: string; readonly returnUrl: string },
  ): Promise<string | null> {
    return this.opened(provider, type, token, browser, async ({ desk, session }) =>
      this.sessions.isLive(session, this.clock.now()) ? this.logins.begin(desk, session, browser, returnUrl) : null,
    );
  }

  /** Takes it back from there. */
  async completeLogin(
    provider: string,
    type: BankSession['subjectType'],
    { token, browser, proof }: { readonly token: string; readonly browser: string; readonly proof: string },
  ): Promise<boolean> {
    const done = await this.opened(provider, type, token, browser, ({ desk, session }) =>
      this.logins.complete(desk, session, browser, proof),
    );
    return done ?? false;
  }

  private async page({ desk, session, psuId, subject }: Opened): Promise<BankPage> {
    const frame = { institution: desk.bank.institution, sandbox: desk.environment === 'sandbox' };
    const foreign = session.psuId !== null && psuId === null;
    if (this.isDecided(subject)) {
      const redirectTo = this.exit(desk, subject);
      // The way back holds the TPP's code: it is for the browser of the customer only.
      if (foreign) return { ...frame, state: 'ended', why: 'expired', subject, redirectTo: null };
      return { ...frame, state: 'decided', redirectTo };
    }
    const failed = subject.type === 'authorisation' && subject.authorisation.status === 'failed';
    if (failed || !this.sessions.isLive(session, this.clock.now())) {
      const redirectTo = foreign ? null : this.exit(desk, subject);
      const why = failed ? 'failed' : this.sessions.isLocked(session) ? 'locked' : 'expired';
      return { ...frame, state: 'ended', why, subject, redirectTo };
    }
    if (psuId === null) return { ...frame, state: 'login', subject, way: await this.logins.way(desk) };
    const accounts =
      subject.type === 'payment'
        ? await this.payments.payersOf(subject.payment, psuId)
        : await this.accounts.ofCustomer(this.database.manager, desk.appId, psuId);
    return { ...frame, state: 'decide', subject, psuId, accounts };
  }

  private isDecided(subject: PageSubject): boolean {
    if (subject.type === 'authorisation') return ['approved', 'rejected'].includes(subject.authorisation.status);
    return subject.payment.confirmedAt !== null || subject.payment.final;
  }

  private exit({ bank }: Desk, subject: PageSubject): string {
    if (subject.type === 'authorisation') return this.authorisations.exitOf(subject.authorisation);
    const { callbackUrl, reference, isoStatus: status, reason, linkExpiresAt } = subject.payment;
    if (this.isDecided(subject))
      return bank.returnUrl(callbackUrl, { reference, status, message: reason ?? undefined });
    // Its end is due, and written within a minute; a payment whose link is only locked goes on, and says how it stands.
    const over = linkExpiresAt <= this.clock.now();
    return bank.returnUrl(
      callbackUrl,
      over
        ? { reference, status: bank.endStatuses.expired, message: 'Not confirmed in time' }
        : { reference, status, message: 'The link is locked' },
    );
  }

  private async refuse(desk: Desk, subject: PageSubject, psuId: string | null): Promise<void> {
    // Whoever has the link may turn a TPP away; a payment is refused by the customer only.
    if (subject.type === 'authorisation') await this.authorisations.reject(desk.appId, subject.authorisation.id, 'psu');
    else if (psuId !== null) await this.payments.refuse(desk.appId, subject.payment.id, 'psu');
  }

  private async approve(
    desk: Desk,
    subject: PageSubject,
    psuId: string,
    accountReferences: readonly string[],
    context: CallContext,
  ): Promise<void> {
    if (subject.type === 'authorisation') {
      const wish = { psuId, accountReferences, by: 'psu' } as const;
      await this.authorisations.approve(desk.appId, subject.authorisation.id, wish, context);
    } else {
      const [debtorReference] = accountReferences;
      await this.payments.confirm(desk.appId, subject.payment.id, { psuId, debtorReference, source: 'psu' });
    }
  }

  private async opened<Result>(
    provider: string,
    type: BankSession['subjectType'],
    token: string,
    browser: string,
    act: (opened: Opened) => Promise<Result>,
  ): Promise<Result | null> {
    const found = await this.sessions.find(type, token, browser);
    if (!found) return null;
    const { session, psuId } = found;
    const desk = await this.deskOf(provider, session);
    if (!desk) return null;
    return withTenant(desk.appId, async () => act({ desk, session, psuId, subject: await this.subject(session) }));
  }

  private async deskOf(provider: string, session: BankSession): Promise<Desk | null> {
    try {
      const desk = await this.desks.find(provider, session.connectionId);
      return desk.appId === session.appId ? desk : null;
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  private async subject({ subjectType, subjectId: id, appId }: BankSession): Promise<PageSubject> {
    return subjectType === 'payment'
      ? {
          type: 'payment',
          payment: await this.database.getRepository(BankPaymentEntity).findOneByOrFail({ id, appId }),
        }
      : {
          type: 'authorisation',
          authorisation: await this.database.getRepository(BankAuthorisationEntity).findOneByOrFail({ id, appId }),
        };
  }
}
