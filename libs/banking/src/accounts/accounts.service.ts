import { Injectable } from '@nestjs/common';
import type { AccountIdentifier, UnreadableRow } from '@tributary/domain';
import { type Account, type Consent, ConsentEntity } from '@tributary/persistence';
import { DataSource } from 'typeorm';
import { accountsOf } from '../consents/consent-port.js';
import { consentIsUsable, ConsentUse } from '../consents/consent-use.js';
import type { PageRequest } from '../page.js';
import { AccountAccess, type OpenAccount } from './account-access.js';
import { AccountIngest, accountsKind, type ChangingField } from './account-ingest.js';
import { DataReads, isLive, type ReadWish } from './data-reads.js';

/** An account in the words of the REST contract. */
export interface AccountView {
  readonly id: string;
  readonly institutionId: string;
  readonly provider: string;
  /** The upstream's name of it, within the newest consent. */
  readonly reference: string;
  readonly identifiers: readonly AccountIdentifier[];
  readonly currency: string;
  readonly name: string | null;
  readonly product: string | null;
  readonly type: string | null;
  readonly usage: 'private' | 'business' | null;
  readonly ownerName: string | null;
  readonly bic: string | null;
  readonly status: string;
}

export interface AccountFilter extends PageRequest {
  readonly consentId?: string | undefined;
  readonly psuId?: string | undefined;
}

/** Rows of a list, how old they are, and what of a live read could not be read. */
export interface ReadList<T> {
  /** One more than asked for where there are more. */
  readonly rows: readonly T[];
  readonly asOf: Date | null;
  readonly unreadable: readonly UnreadableRow[];
}

interface AccountRow {
  id: string;
  institution_id: string;
  provider: string;
  reference: string;
  identifiers: AccountIdentifier[];
  currency: string;
  name: string | null;
  product: string | null;
  type: string | null;
  usage: 'private' | 'business' | null;
  owner_name: string | null;
  bic: string | null;
  status: string;
}

/** Accounts that PSUs share now. Without a good consent there is nothing to see, also not what was read before. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly database: DataSource,
    private readonly access: AccountAccess,
    private readonly use: ConsentUse,
    private readonly ingest: AccountIngest,
    private readonly reads: DataReads,
  ) {}

  /**
   * Accounts of one consent, of one PSU's good consents, or (stored ones only) of the whole app.
   * @param filter `after`: id of the last account of the page before; a live read is made for the first page only
   * @throws Refusal `not_found`, `consent_not_usable`; ProviderError
   */
  async list(appId: string, filter: AccountFilter, wish: ReadWish): Promise<ReadList<AccountView>> {
    const consents = await this.consents(appId, filter);
    const unreadable: UnreadableRow[] = [];
    const ages: number[] = [];
    for (const consent of consents) {
      const before = await this.reads.asOf(consent.id, accountsKind);
      const live = filter.after === null && isLive(wish, before);
      if (live) unreadable.push(...(await this.read(consent, wish)));
      const asOf = live ? await this.reads.asOf(consent.id, accountsKind) : before;
      if (asOf) ages.push(asOf.getTime());
    }
    return {
      rows: await this.stored(appId, filter),
      asOf: ages.length > 0 ? new Date(Math.min(...ages)) : null,
      unreadable,
    };
  }

  /**
   * One account: as the bank has it now, where the PSU is there or it is asked for and the route can; otherwise as stored.
   * @throws Refusal `not_found`, `consent_not_usable`, `access_not_granted`; ProviderError
   */
  async get(
    appId: string,
    accountId: string,
    wish: ReadWish,
  ): Promise<{ readonly account: AccountView; readonly asOf: Date }> {
    const open = this.access.open(await this.access.find(appId, accountId, null), 'accounts');
    const { account, reference } = open;
    const live = isLive(wish, account.updatedAt) ? await this.readOne(open, wish) : null;
    const now = live ?? account;
    const { id, institutionId, provider, currency } = account;
    const { identifiers, name, product, type, usage, ownerName, bic, status } = now;
    const view: AccountView = {
      id,
      institutionId,
      provider,
      reference,
      identifiers,
      currency,
      name,
      product,
      type,
      usage,
      ownerName,
      bic,
      status,
    };
    return { account: view, asOf: now.updatedAt };
  }

  /** null where the route knows accounts from their list only. */
  private async readOne(
    { account, consent, hold, tokensEnvelope }: OpenAccount,
    { context }: ReadWish,
  ): Promise<Pick<Account, ChangingField> | null> {
    const snapshot = await this.use.call(
      consent,
      context,
      (provider, held) => accountsOf(provider).readAccount?.(held, hold(), context) ?? Promise.resolve(null),
      tokensEnvelope,
    );
    return snapshot && this.ingest.refresh(account, snapshot);
  }

  private async read(consent: Consent, { context }: ReadWish): Promise<readonly UnreadableRow[]> {
    const list = await this.use.call(consent, context, (provider, held) =>
      accountsOf(provider).listAccounts(held, context),
    );
    await this.ingest.store(consent, list);
    return list.unreadable;
  }

  /** The consents whose accounts are asked for. */
  private async consents(appId: string, { consentId, psuId }: AccountFilter): Promise<Consent[]> {
    if (consentId !== undefined) {
      const consent = await this.use.require(appId, consentId);
      return psuId === undefined || consent.psuId === psuId ? [consent] : [];
    }
    if (psuId === undefined) return [];
    const usable = await this.database.query<{ id: string }[]>(
      `SELECT consent.id FROM consents AS consent
       WHERE consent.app_id = $1 AND consent.psu_id = $2 AND ${consentIsUsable} ORDER BY consent.id`,
      [appId, psuId],
    );
    const ids = usable.map(({ id }) => id);
    return this.database
      .getRepository(ConsentEntity)
      .createQueryBuilder('consent')
      .where('consent.id = ANY(:ids)', { ids })
      .getMany();
  }

  private async stored(
    appId: string,
    { consentId, psuId, limit, after }: AccountFilter,
  ): Promise<readonly AccountView[]> {
    const rows = await this.database.query<AccountRow[]>(
      `SELECT account.id, account.institution_id, account.provider, link.reference, account.identifiers,
              account.currency, account.name, account.product, account.type, account.usage, account.owner_name,
              account.bic, account.status
       FROM accounts AS account
       JOIN LATERAL (
         SELECT link.reference FROM consent_accounts AS link JOIN consents AS consent ON consent.id = link.consent_id
         WHERE link.account_id = account.id AND consent.app_id = $1 AND ${consentIsUsable}
           AND ($2::text IS NULL OR consent.id = $2)
         ORDER BY consent.id DESC LIMIT 1) AS link ON true
       WHERE account.app_id = $1 AND ($3::text IS NULL OR account.psu_id = $3) AND ($4::text IS NULL OR account.id > $4)
       ORDER BY account.id LIMIT $5`,
      [appId, consentId ?? null, psuId ?? null, after, limit + 1],
    );
    return rows.map(({ institution_id, owner_name, ...row }) => ({
      ...row,
      institutionId: institution_id,
      ownerName: owner_name,
    }));
  }
}
