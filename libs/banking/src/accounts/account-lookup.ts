import {
  type Account,
  AccountEntity,
  type Consent,
  ConsentEntity,
  entityReader,
  Gathering,
  runStatement,
  type Statement,
  unnested,
  withTenant,
} from '@tributary/persistence';
import type { CreditDebit } from '@tributary/domain';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { consentIsUsable } from '../consents/consent-use.js';

/** A consent that names an account, and what is held for the two. */
export interface Link {
  readonly consent: Consent;
  readonly usable: boolean;
  readonly access: readonly string[];
  readonly reference: string;
  readonly continuationEnvelope: string | null;
  readonly tokensEnvelope: string | null;
}

/** Balance as it was stored: type, minor units, currency, credit or debit, as of. */
export type StoredBalance = readonly [string, string, string, CreditDebit, string | null];

/** An account and every consent that names it, newest first. Kept and handed out again: nobody changes it. */
export interface AccountRecord {
  readonly account: Account;
  readonly links: readonly Link[];
}

/** A record as the database has it at this instant. */
export interface LookedUp extends AccountRecord {
  /** As of the last live read that was written. */
  readonly asOf: Date | null;
  /** Empty where they were not asked for. */
  readonly balances: readonly StoredBalance[];
}

type Json = Readonly<Record<string, unknown>>;

interface Row {
  readonly key: string;
  readonly id: string;
  readonly as_of: number | null;
  readonly version: string;
  /** null: the version is the one that we have. */
  readonly content: { readonly account: Json; readonly links: readonly LinkJson[] | null } | null;
  readonly balances_version: string;
  readonly balances: readonly StoredBalance[] | null;
}

interface LinkJson {
  readonly consent: Json;
  readonly reference: string;
  readonly continuation: string | null;
  readonly access: readonly string[];
  readonly usable: boolean;
  readonly tokens: string | null;
}

interface Kept {
  readonly version: string;
  readonly record: AccountRecord;
  readonly balancesVersion: string;
  readonly balances: readonly StoredBalance[];
}

// An app's own id is compared (IS TRUE), but nothing is looked up by it: a planner that knows no better reads all that the app has.
const links = `consent_accounts AS link JOIN consents AS consent ON consent.id = link.consent_id
  LEFT JOIN grants AS "grant" ON "grant".subject_id = consent.id AND "grant".app_id = consent.app_id
  WHERE link.account_id = account.id AND (consent.app_id = account.app_id) IS TRUE`;
const balances = 'balances AS balance WHERE balance.account_id = account.id';

/**
 * Accounts $1 of app $2, when their data of the kinds $3 were read, and all that the versions $4 and $5 (of the balances) do not have
 * yet.
 * A version is made of the transactions that wrote the rows (`xmin`) and of what the date alone changes: equal versions, equal rows.
 * One plan serves them all: planning takes four times as long as running. `OFFSET 0` keeps that plan at one probe of an index per key,
 * however little PostgreSQL knows of the tables.
 */
const lookUp = (name: string, withBalances: boolean): Statement => ({
  name,
  text: `
    SELECT asked.key, account.id, now.version, now.balances_version,
      (SELECT (extract(epoch FROM read.as_of) * 1000)::float8 FROM data_reads AS read
       WHERE read.subject_id = account.id AND read.kind = asked.kind) AS as_of,
      CASE WHEN now.version <> asked.version THEN json_build_object(
        'account', row_to_json(account),
        'links', (SELECT json_agg(json_build_object(
          'consent', row_to_json(consent), 'reference', link.reference, 'continuation', link.continuation_envelope,
          'access', ARRAY(SELECT unnest(coalesce(link.access, consent.access)) INTERSECT SELECT unnest(consent.asked_access)),
          'usable', ${consentIsUsable}, 'tokens', "grant".tokens_envelope) ORDER BY consent.id DESC) FROM ${links}))
      END AS content,
      CASE WHEN now.balances_version <> asked.balances_version THEN ${
        withBalances
          ? `(SELECT json_agg(json_build_array(type, amount_minor::text, currency, credit_debit, balance.as_of) ORDER BY position)
              FROM ${balances})`
          : 'NULL::json'
      } END AS balances
    FROM ${unnested('$1::text[], $3::text[], $4::text[], $5::text[], $6::text[]')}
      AS asked(id, kind, version, balances_version, key)
    JOIN LATERAL (SELECT *, xmin FROM accounts WHERE id = asked.id OFFSET 0) AS account ON account.app_id = $2
    CROSS JOIN LATERAL (SELECT
      account.xmin::text || coalesce((SELECT string_agg(
        concat(' ', link.xmin, ' ', consent.xmin, ' ', "grant".xmin, ' ', ${consentIsUsable}), ',' ORDER BY consent.id)
        FROM ${links}), '') AS version,
      ${withBalances ? `coalesce((SELECT string_agg(balance.xmin::text, ' ' ORDER BY position) FROM ${balances}), '-')` : `'-'`}
        AS balances_version) AS now`,
});
/** Accounts, and accounts with their stored balances. */
export const accountsOnly = lookUp('account-lookup', false);
export const accountsWithBalances = lookUp('account-lookup-balances', true);

/**
 * Entries of one process, and how long one is kept at most after it was read: about 3 kB each. Then it goes, asked for or not: what
 * was unsealed for a consent that ended must not stay.
 */
const kept = { max: 5_000, ttl: 60_000, ttlAutopurge: true };

/**
 * Looks accounts up together with all that opens them. Every look-up asks the database, so that a revocation counts at once
 * everywhere; what has not changed since the last time is neither sent nor read again.
 */
export class AccountLookup {
  private readonly known: LRUCache<string, Kept>;
  private readonly gathering: Gathering<LookedUp>;
  private readonly accountOf: (json: Json) => Account;
  private readonly consentOf: (json: Json) => Consent;

  constructor(
    private readonly database: DataSource,
    private readonly statement: Statement,
    keptMs = kept.ttl,
  ) {
    this.known = new LRUCache({ ...kept, ttl: keptMs });
    this.accountOf = entityReader(database, AccountEntity);
    this.consentOf = entityReader(database, ConsentEntity);
    this.gathering = new Gathering((appId, keys) => withTenant(appId, () => this.ask(appId, keys)));
  }

  /**
   * @param kind the kind of data under which live reads are remembered; null: none
   * @returns undefined if the app has no such account
   */
  find(appId: string, accountId: string, kind: string | null): Promise<LookedUp | undefined> {
    return this.gathering.find(appId, `${accountId} ${kind ?? ''}`);
  }

  /** Entries that are kept now. */
  get size(): number {
    return this.known.size;
  }

  private async ask(appId: string, keys: readonly string[]): Promise<ReadonlyMap<string, LookedUp>> {
    const ids = keys.map((key) => key.slice(0, key.indexOf(' ')));
    const kinds = keys.map((key) => key.slice(key.indexOf(' ') + 1));
    const held = ids.map((id) => this.known.get(`${appId} ${id}`));
    const versions = held.map((entry) => entry?.version ?? '');
    const balancesVersions = held.map((entry) => entry?.balancesVersion ?? '');
    const values = [ids, appId, kinds, versions, balancesVersions, keys];
    const rows = await runStatement<Row>(this.database, this.statement, values);
    const before = new Map(keys.map((key, index) => [key, held[index]]));
    return new Map(
      rows.map((row) => {
        const last = before.get(row.key);
        const entry = this.entry(row, last);
        if (entry !== last) this.known.set(`${appId} ${row.id}`, entry);
        const { record, balances: stored } = entry;
        return [row.key, { ...record, asOf: row.as_of === null ? null : new Date(row.as_of), balances: stored }];
      }),
    );
  }

  private entry(row: Row, held: Kept | undefined): Kept {
    if (held?.version === row.version && held.balancesVersion === row.balances_version) return held;
    const record = row.content === null ? held?.record : this.record(row.content);
    if (record === undefined) throw new Error('a version was taken for one that is held');
    const unchanged = held !== undefined && held.balancesVersion === row.balances_version;
    return {
      version: row.version,
      record,
      balancesVersion: row.balances_version,
      balances: unchanged ? held.balances : (row.balances ?? []),
    };
  }

  private record({ account, links: found }: NonNullable<Row['content']>): AccountRecord {
    return {
      account: Object.freeze(this.accountOf(account)),
      links: (found ?? []).map(({ consent, reference, continuation, access, usable, tokens }) => ({
        consent: Object.freeze(this.consentOf(consent)),
        reference,
        usable,
        access,
        continuationEnvelope: continuation,
        tokensEnvelope: tokens,
      })),
    };
  }
}
