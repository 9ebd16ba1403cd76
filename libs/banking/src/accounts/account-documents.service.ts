import { Injectable } from '@nestjs/common';
import type { AccessKind, UnreadableRow } from '@tributary/domain';
import type { Account } from '@tributary/persistence';
import type {
  AccountInformation,
  CallContext,
  HeldAccount,
  HeldConsent,
  JsonValue,
  Provider,
  ReadRows,
} from '@tributary/providers';
import { DataSource } from 'typeorm';
import { accountsOf } from '../consents/consent-port.js';
import { ConsentUse } from '../consents/consent-use.js';
import type { PageRequest } from '../page.js';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { AccountAccess } from './account-access.js';
import type { ReadList } from './accounts.service.js';
import { DataReads, isLive, type ReadWish } from './data-reads.js';

type Reader = (consent: HeldConsent, account: HeldAccount, context: CallContext) => Promise<ReadRows<JsonValue>>;

interface DocumentKind {
  /** What the PSU has to grant; null where no consent names it, so that the bank alone decides. */
  readonly access: AccessKind | null;
  /** How a provider reads it; undefined where it cannot. */
  readonly reader: (accounts: AccountInformation) => Reader | undefined;
}

/** Kinds of data that are handed on as the provider maps them. */
const kinds = {
  beneficiaries: { access: 'beneficiaries', reader: (accounts) => accounts.readBeneficiaries?.bind(accounts) },
  standingOrders: { access: 'standingOrders', reader: (accounts) => accounts.readStandingOrders?.bind(accounts) },
  directDebits: { access: null, reader: (accounts) => accounts.readDirectDebits?.bind(accounts) },
  scheduledPayments: { access: null, reader: (accounts) => accounts.readScheduledPayments?.bind(accounts) },
  party: { access: 'party', reader: partyReader },
} as const satisfies Record<string, DocumentKind>;

export type AccountDocumentKind = keyof typeof kinds;

/** A party is one thing; it is kept like a list of one. */
function partyReader(accounts: AccountInformation): Reader | undefined {
  const read = accounts.readParty?.bind(accounts);
  return read && (async (...args) => ({ rows: [await read(...args)], unreadable: [] }));
}

/** Beneficiaries, standing orders, direct debits, scheduled payments and the party of an account. */
@Injectable()
export class AccountDocumentsService {
  constructor(
    private readonly database: DataSource,
    private readonly access: AccountAccess,
    private readonly use: ConsentUse,
    private readonly upstreams: UpstreamsService,
    private readonly reads: DataReads,
  ) {}

  /**
   * @param page `after`: position of the last row of the page before
   * @throws Refusal `not_found`, `capability_unsupported`, `access_not_granted`, `consent_not_usable`; ProviderError
   */
  async list(
    appId: string,
    accountId: string,
    kind: AccountDocumentKind,
    page: PageRequest,
    wish: ReadWish,
  ): Promise<ReadList<{ readonly position: number; readonly content: JsonValue }>> {
    const found = await this.access.find(appId, accountId, kind);
    const { account } = found;
    const { access, reader }: DocumentKind = kinds[kind];
    if (!reader(accountsOf(await this.upstreams.provider(account.connectionId)))) {
      throw new Refusal('capability_unsupported', `The route over ${account.provider} does not have \`${kind}\`.`);
    }
    const { consent, hold, tokensEnvelope } = this.access.open(found, access);
    const live = page.after === null && isLive(wish, found.asOf);
    let { asOf } = found;
    let unreadable: readonly UnreadableRow[] = [];
    if (live) {
      const ask = (provider: Provider, heldConsent: HeldConsent) => {
        const read = reader(accountsOf(provider));
        if (!read) throw new Refusal('capability_unsupported', `The route does not have \`${kind}\`.`);
        return read(heldConsent, hold(), wish.context);
      };
      const list = await this.use.call(consent, wish.context, ask, tokensEnvelope);
      asOf = await this.replace(account, kind, list.rows);
      unreadable = list.unreadable;
    }
    return { rows: await this.stored(accountId, kind, page), asOf, unreadable };
  }

  private async replace(account: Account, kind: AccountDocumentKind, rows: readonly JsonValue[]): Promise<Date> {
    return this.database.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE', [account.id]);
      await manager.query('DELETE FROM account_documents WHERE account_id = $1 AND kind = $2', [account.id, kind]);
      await manager.query(
        `INSERT INTO account_documents (account_id, kind, position, app_id, content)
         SELECT $1, $2, row.position, $3, row.content
         FROM unnest($4::jsonb[]) WITH ORDINALITY AS row(content, position)`,
        [account.id, kind, account.appId, rows.map((row) => JSON.stringify(row))],
      );
      return this.reads.mark(manager, account, kind);
    });
  }

  private async stored(
    accountId: string,
    kind: AccountDocumentKind,
    { limit, after }: PageRequest,
  ): Promise<readonly { position: number; content: JsonValue }[]> {
    return this.database.query<{ position: number; content: JsonValue }[]>(
      `SELECT position, content FROM account_documents
       WHERE account_id = $1 AND kind = $2 AND position > $3::bigint ORDER BY position LIMIT $4`,
      [accountId, kind, after ?? '0', limit + 1],
    );
  }
}
