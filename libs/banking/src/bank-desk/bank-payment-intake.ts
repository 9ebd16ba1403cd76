import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { BankPermission } from '@tributary/domain';
import { type BankAccount, type BankPayment, type BankToken, BankTokenEntity } from '@tributary/persistence';
import { newId } from '@tributary/platform';
import { type BankAnswer, type BankOrder, BankRefusal } from '@tributary/providers';
import type { EntityManager } from 'typeorm';
import { CLOCK, type Clock, SETTINGS, type Settings } from '../tokens.js';
import { BankPaymentMoves } from './bank-payment-moves.js';
import { BankSessions } from './bank-sessions.js';
import { BankTokens } from './bank-tokens.js';
import type { Desk } from './desks.js';
import { goesBy, HeldAccounts } from './held-accounts.js';

const permissions = {
  single: 'singlePayments',
  bulk: 'bulkPayments',
} as const satisfies Record<string, BankPermission>;

/** Takes payments in: checks them as a bank does, and makes the link on which the customer decides. */
@Injectable()
export class BankPaymentIntake {
  constructor(
    private readonly tokens: BankTokens,
    private readonly accounts: HeldAccounts,
    private readonly sessions: BankSessions,
    private readonly moves: BankPaymentMoves,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Makes a payment that nobody has confirmed: nothing is reserved and nothing is executed.
   * @param manager in a transaction; a one-time token is spent in it
   * @throws BankRefusal
   */
  async take(manager: EntityManager, desk: Desk, token: string | null, order: BankOrder): Promise<BankAnswer> {
    const held =
      order.kind === 'direct' ? null : await this.tokens.use(manager, desk, token, permissions[order.kind], true);
    const debtor = await this.debtor(manager, desk, held, order);
    // Without a consent, how much there is is nobody's business before the customer is there.
    if (debtor && held) await this.checkFunds(manager, desk, debtor, order);
    const payment = this.payment(desk, held, order, debtor);
    await this.moves.begin(manager, payment);
    if (held?.oneTime)
      await manager.getRepository(BankTokenEntity).update({ id: held.id }, { spentAt: payment.createdAt });
    const session = await this.sessions.open(manager, {
      appId: desk.appId,
      connectionId: desk.connectionId,
      subjectType: 'payment',
      subjectId: payment.id,
      expiresAt: payment.linkExpiresAt,
    });
    return {
      type: 'payment',
      reference: payment.reference,
      status: payment.isoStatus,
      confirmationUrl: `${this.settings.publicUrl}/bank/${desk.provider}/confirm/${session}`,
    };
  }

  /** The account that pays; null where the customer has to choose. */
  private async debtor(
    manager: EntityManager,
    { appId }: Desk,
    token: BankToken | null,
    { debtorAccount, amount, scheme }: BankOrder,
  ): Promise<BankAccount | null> {
    if (debtorAccount === null) {
      const offered = token
        ? (await this.accounts.among(manager, appId, token.accountReferences)).some((one) => pays(one, scheme, amount))
        : await this.accounts.offers(manager, appId, scheme, amount.currency);
      if (offered) return null;
      throw new BankRefusal('scheme-unsupported', 'No account can pay with this scheme in this currency');
    }
    const named = token
      ? (await this.accounts.among(manager, appId, token.accountReferences)).filter((one) => goesBy(one, debtorAccount))
      : await this.accounts.named(manager, appId, debtorAccount);
    if (named.length === 0) throw await this.accounts.refusal(manager, appId, { identifiers: debtorAccount });
    const pocket = named.find(({ currency }) => currency === amount.currency);
    if (!pocket) throw new BankRefusal('payment-refused', 'The account is held in another currency');
    if (pays(pocket, scheme, amount)) return pocket;
    throw new BankRefusal('scheme-unsupported', 'The account cannot pay with this scheme');
  }

  private async checkFunds(
    manager: EntityManager,
    { bank }: Desk,
    debtor: BankAccount,
    { amount }: BankOrder,
  ): Promise<void> {
    const available = await this.accounts.available(manager, debtor, bank.fundsBalance);
    if (available !== null && available < amount.minor) throw new BankRefusal('payment-refused', 'Insufficient funds');
  }

  private payment(desk: Desk, token: BankToken | null, order: BankOrder, debtor: BankAccount | null): BankPayment {
    const now = this.clock.now();
    return {
      id: newId('bpy'),
      appId: desk.appId,
      connectionId: desk.connectionId,
      provider: desk.provider,
      kind: order.kind,
      reference: randomUUID(),
      tokenId: token?.id ?? null,
      tppName: token?.tppName ?? null,
      scheme: order.scheme,
      debtorIdentifiers: order.debtorAccount,
      debtorName: order.debtorName ?? null,
      debtorReference: debtor?.reference ?? null,
      items: order.items.map(({ amount, ...item }) => ({ ...item, amountMinor: amount.minor.toString() })),
      itemCount: order.items.length,
      amountMinor: order.amount.minor,
      currency: order.amount.currency,
      callbackUrl: order.callbackUrl,
      isoStatus: 'RCVD',
      beforePending: null,
      reason: null,
      psuId: token?.psuId ?? null,
      confirmedAt: null,
      linkExpiresAt: new Date(now.getTime() + desk.bank.confirmationMinutes * 60_000),
      final: false,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
  }
}

/** Whether an account can pay that way. */
export function pays(account: BankAccount, scheme: string, { currency }: { readonly currency: string }): boolean {
  return account.currency === currency && account.schemes.includes(scheme);
}
