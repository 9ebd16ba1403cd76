import { Injectable } from '@nestjs/common';
import { type BankAccount, type BankPayment, BankPaymentEntity, type BankToken } from '@tributary/persistence';
import { type BankAnswer, type BankQuestion, BankRefusal } from '@tributary/providers';
import type { EntityManager } from 'typeorm';
import { BankPaymentIntake } from './bank-payment-intake.js';
import { BankTokens } from './bank-tokens.js';
import type { Desk } from './desks.js';
import { deskAccount, deskBalances, deskTransaction, goesBy, HeldAccounts } from './held-accounts.js';

type Funds = Extract<BankQuestion, { type: 'funds' }>;
type StatusQuestion = Extract<BankQuestion, { type: 'paymentStatus' }>;

/** Answers what a hub asks, once it is proven who asks: token, scope, resource, business rule, in this order. */
@Injectable()
export class HubQuestions {
  constructor(
    private readonly tokens: BankTokens,
    private readonly accounts: HeldAccounts,
    private readonly intake: BankPaymentIntake,
  ) {}

  /** @throws BankRefusal */
  async answer(manager: EntityManager, desk: Desk, token: string | null, question: BankQuestion): Promise<BankAnswer> {
    switch (question.type) {
      case 'accounts': {
        const held = await this.tokens.use(manager, desk, token, 'accounts');
        return { type: 'accounts', accounts: (await this.granted(manager, held)).map(deskAccount) };
      }
      case 'account': {
        const held = await this.tokens.use(manager, desk, token, 'accounts');
        return { type: 'account', account: deskAccount(await this.one(manager, held, question.accountReference)) };
      }
      case 'balances': {
        const held = await this.tokens.use(manager, desk, token, 'balances');
        return { type: 'balances', balances: deskBalances(await this.one(manager, held, question.accountReference)) };
      }
      case 'transactions': {
        const held = await this.tokens.use(manager, desk, token, 'transactions');
        const account = await this.one(manager, held, question.accountReference);
        const { rows, nextPage } = await this.accounts.transactions(manager, account, question);
        return {
          type: 'transactions',
          status: question.status,
          account: deskAccount(account),
          transactions: rows.map(deskTransaction),
          nextPage,
        };
      }
      case 'funds': {
        const held = await this.tokens.use(manager, desk, token, 'fundsConfirmation');
        return { type: 'funds', available: await this.covers(manager, desk, held, question) };
      }
      case 'payment':
        return this.intake.take(manager, desk, token, question.order);
      case 'paymentStatus':
        return { type: 'paymentStatus', status: (await this.payment(manager, desk, token, question)).isoStatus };
    }
  }

  private granted(manager: EntityManager, { appId, accountReferences }: BankToken): Promise<BankAccount[]> {
    return this.accounts.among(manager, appId, accountReferences);
  }

  private async one(manager: EntityManager, token: BankToken, reference: string): Promise<BankAccount> {
    const account = (await this.granted(manager, token)).find((one) => one.reference === reference);
    if (account) return account;
    throw await this.accounts.refusal(manager, token.appId, { reference });
  }

  /** Yes or no at this instant. An account whose balance is not put here covers nothing that we know of. */
  private async covers(
    manager: EntityManager,
    { bank }: Desk,
    token: BankToken,
    { account, amount }: Funds,
  ): Promise<boolean> {
    const { reference, identifiers } = account;
    const named = (await this.granted(manager, token)).filter(
      (one) => (reference === undefined || one.reference === reference) && goesBy(one, identifiers),
    );
    if (named.length === 0) throw await this.accounts.refusal(manager, token.appId, account);
    const pocket = named.find(({ currency }) => currency === amount.currency);
    if (!pocket) throw new BankRefusal('malformed', 'Funds can only be confirmed in the currency of the account');
    const available = await this.accounts.available(manager, pocket, bank.fundsBalance);
    return available !== null && available >= amount.minor;
  }

  /** A direct payment is nobody's by a token: whoever is the hub may ask. Others belong to the token that made them. */
  private async payment(
    manager: EntityManager,
    desk: Desk,
    token: string | null,
    { reference, bulk }: StatusQuestion,
  ): Promise<BankPayment> {
    const { connectionId, appId } = desk;
    const payment = await manager.getRepository(BankPaymentEntity).findOneBy({ connectionId, appId, reference });
    if (payment?.kind === 'direct' && !bulk) return payment;
    const held = await this.tokens.known(manager, desk, token);
    if (!held.permissions.includes(bulk ? 'bulkPayments' : 'singlePayments')) {
      throw held.spentAt ? spent() : new BankRefusal('not-granted', 'The consent does not cover this');
    }
    if (payment && payment.tokenId === held.id && (payment.kind === 'bulk') === bulk) return payment;
    // A spent token is good for nothing but its own payment.
    throw held.spentAt ? spent() : new BankRefusal('unknown-resource', 'There is no such payment');
  }
}

function spent(): BankRefusal {
  return new BankRefusal('token-invalid', 'The token is not valid (any more)');
}
