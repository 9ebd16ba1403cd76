import { Inject, Injectable } from '@nestjs/common';
import { accountIdentity, type AccountSnapshot } from '@tributary/domain';
import { type Account, AccountEntity, type Consent } from '@tributary/persistence';
import { newId, Vault } from '@tributary/platform';
import type { AccountWithContinuation, ReadRows } from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';
import { addEvents } from '../events/outbox.js';
import { CLOCK, type Clock } from '../tokens.js';
import { accountLinkPlace } from './account-access.js';
import { DataReads } from './data-reads.js';

/** The kind under which a consent's list of accounts is remembered. */
export const accountsKind = 'accounts';

/** What can be another at the next look at an account. */
export type ChangingField =
  'identifiers' | 'name' | 'product' | 'type' | 'usage' | 'ownerName' | 'bic' | 'status' | 'updatedAt';

interface Upserted {
  id: string;
  identity: string;
  added: boolean;
}

/**
 * Stores a consent's list of accounts. An account that the PSU shared before keeps its id, whatever the upstream calls it
 * this time: it is known by app, institution, PSU and identity.
 */
@Injectable()
export class AccountIngest {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly reads: DataReads,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async store(consent: Consent, { rows, unreadable }: ReadRows<AccountWithContinuation>): Promise<void> {
    const accounts = named(rows);
    await this.database.transaction(async (manager) => {
      // Two reads of one consent at once write one after the other.
      await manager.query('SELECT 1 FROM consents WHERE id = $1 FOR UPDATE', [consent.id]);
      const stored = await this.upsert(manager, consent, accounts);
      await this.link(manager, consent, accounts, stored, unreadable.length === 0);
      await addEvents(
        manager,
        stored
          .filter(({ added }) => added)
          .map(({ id }) => ({
            appId: consent.appId,
            type: 'account.linked',
            subjectId: id,
            sequence: 1,
            data: { accountId: id, consentId: consent.id },
          })),
      );
      await this.reads.mark(manager, consent, accountsKind);
    });
  }

  /** Stores what a bank says about one account; who it is, and its currency, stay as they are. */
  async refresh({ id }: Account, snapshot: AccountSnapshot): Promise<Pick<Account, ChangingField>> {
    const { identifiers, name, product, type, usage, ownerName, bic, status } = snapshot;
    const changed = {
      identifiers: [...identifiers],
      name: name ?? null,
      product: product ?? null,
      type: type ?? null,
      usage: usage ?? null,
      ownerName: ownerName ?? null,
      bic: bic ?? null,
      status,
      updatedAt: this.clock.now(),
    };
    await this.database.getRepository(AccountEntity).update({ id }, changed);
    return changed;
  }

  private async upsert(
    manager: EntityManager,
    { appId, institutionId, connectionId, provider, psuId }: Consent,
    accounts: ReadonlyMap<string, AccountWithContinuation>,
  ): Promise<readonly Upserted[]> {
    if (accounts.size === 0) return [];
    const rows = [...accounts.values()];
    return manager.query<Upserted[]>(
      `INSERT INTO accounts AS held
         (id, app_id, institution_id, connection_id, provider, psu_id, identity, identifiers, currency, name, product,
          type, usage, owner_name, bic, status, created_at, updated_at)
       SELECT id, $1, $2, $3, $4, $5, identity, identifiers, currency, name, product, type, usage, owner_name, bic,
              status, now(), now()
       FROM unnest($6::text[], $7::text[], $8::jsonb[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                   $14::text[], $15::text[], $16::text[])
         AS row(id, identity, identifiers, currency, name, product, type, usage, owner_name, bic, status)
       ON CONFLICT (app_id, institution_id, psu_id, identity) DO UPDATE
       SET connection_id = excluded.connection_id, provider = excluded.provider, identifiers = excluded.identifiers,
           name = excluded.name, product = excluded.product, type = excluded.type, usage = excluded.usage,
           owner_name = excluded.owner_name, bic = excluded.bic, status = excluded.status, updated_at = now()
       RETURNING id, identity, (xmax = 0) AS added`,
      [
        appId,
        institutionId,
        connectionId,
        provider,
        psuId,
        rows.map(() => newId('acc')),
        [...accounts.keys()],
        rows.map((row) => JSON.stringify(row.identifiers)),
        rows.map((row) => row.currency),
        rows.map((row) => row.name ?? null),
        rows.map((row) => row.product ?? null),
        rows.map((row) => row.type ?? null),
        rows.map((row) => row.usage ?? null),
        rows.map((row) => row.ownerName ?? null),
        rows.map((row) => row.bic ?? null),
        rows.map((row) => row.status),
      ],
    );
  }

  private async link(
    manager: EntityManager,
    { id: consentId, appId }: Consent,
    accounts: ReadonlyMap<string, AccountWithContinuation>,
    stored: readonly Upserted[],
    complete: boolean,
  ): Promise<void> {
    const ids = stored.map(({ id }) => id);
    // An account that the list no longer has is not shared any more, unless it hides in a row that we could not read.
    if (complete) {
      await manager.query('DELETE FROM consent_accounts WHERE consent_id = $1 AND account_id <> ALL($2)', [
        consentId,
        ids,
      ]);
    }
    const rows = stored.flatMap(({ id, identity }) => {
      const account = accounts.get(identity);
      return account ? [{ id, account }] : [];
    });
    await manager.query(
      `INSERT INTO consent_accounts (consent_id, account_id, app_id, reference, continuation_envelope, access)
       SELECT $1, account_id, $2, reference, continuation_envelope,
              CASE WHEN access IS NULL THEN NULL ELSE string_to_array(access, ',') END
       FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])
         AS row(account_id, reference, continuation_envelope, access)
       ON CONFLICT (consent_id, account_id) DO UPDATE
       SET reference = excluded.reference, continuation_envelope = excluded.continuation_envelope,
           access = excluded.access`,
      [
        consentId,
        appId,
        rows.map(({ id }) => id),
        rows.map(({ account }) => account.reference),
        rows.map(({ id, account: { continuation } }) =>
          continuation === null ? null : this.vault.sealJson(continuation, accountLinkPlace(appId, consentId, id)),
        ),
        rows.map(({ account }) => account.access?.join(',') ?? null),
      ],
    );
  }
}

/** By identity. Two of one identity in one list (cards with the same masked number) are told apart by their order. */
function named(rows: readonly AccountWithContinuation[]): ReadonlyMap<string, AccountWithContinuation> {
  const accounts = new Map<string, AccountWithContinuation>();
  for (const row of rows) {
    const identity = accountIdentity(row);
    let name = identity;
    for (let ordinal = 2; accounts.has(name); ordinal += 1) name = `${identity}#${ordinal}`;
    accounts.set(name, row);
  }
  return accounts;
}
