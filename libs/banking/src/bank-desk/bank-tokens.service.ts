import { Inject, Injectable } from '@nestjs/common';
import { type BankToken, BankTokenEntity } from '@tributary/persistence';
import { DataSource, MoreThan } from 'typeorm';
import type { PageRequest } from '../page.js';
import { notFound } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { BankPaymentsService } from './bank-payments.service.js';
import { addReport } from './bank-reports.js';
import { Desks } from './desks.js';

/** What an app may do with the tokens that TPPs have for its customers: see them and end them. */
@Injectable()
export class BankTokensService {
  constructor(
    private readonly database: DataSource,
    private readonly desks: Desks,
    private readonly payments: BankPaymentsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Newest last; key of a row: its id. */
  list(appId: string, psuId: string | undefined, { limit, after }: PageRequest): Promise<BankToken[]> {
    return this.database.getRepository(BankTokenEntity).find({
      where: { appId, ...(psuId !== undefined && { psuId }), ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
  }

  /**
   * Ends a token here at once, and at the hub as soon as it can be told. Payments that it began and nobody has confirmed end with it.
   * Safe to repeat. @throws Refusal `not_found`
   */
  async revoke(appId: string, id: string): Promise<BankToken> {
    const held = await this.database.getRepository(BankTokenEntity).findOneBy({ appId, id });
    if (!held) throw notFound();
    const agreed = await this.desks.agreed(held);
    return this.database.transaction(async (manager) => {
      const tokens = manager.getRepository(BankTokenEntity);
      const token = await tokens.findOneOrFail({ where: { appId, id }, lock: { mode: 'pessimistic_write' } });
      if (token.revokedAt) return token;
      const revoked = { ...token, revokedAt: this.clock.now() };
      await tokens.update({ id }, { revokedAt: revoked.revokedAt });
      await this.payments.declineUnconfirmed(manager, token, agreed);
      await addReport(manager, { ...token, kind: 'tokenRevocation', subject: id, payload: {} });
      return revoked;
    });
  }
}

/** What became of a token, as an app sees it. */
export function tokenStatus(token: BankToken, now: Date): 'active' | 'spent' | 'revoked' | 'expired' {
  if (token.revokedAt) return 'revoked';
  if (token.spentAt) return 'spent';
  return token.validUntil <= now ? 'expired' : 'active';
}
