import { Injectable } from '@nestjs/common';
import type { AccessKind, CreditDebit } from '@tributary/domain';
import {
  type Account,
  AccountEntity,
  type Consent,
  ConsentEntity,
  entityReader,
  runStatement,
  type Statement,
} from '@tributary/persistence';
import { Vault, type VaultPlace } from '@tributary/platform';
import type { Continuation, HeldAccount } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { consentIsUsable, notUsable } from '../consents/consent-use.js';
import { notFound, Refusal } from '../refusal.js';
import { DataReads } from './data-reads.js';

/** An account and every consent that names it, newest first, as the database has them at this instant. */
export interface FoundAccount {
  readonly account: Account;
  /** When the kind of data that was asked for was last read live. */
  readonly asOf: Date | null;
  readonly links: readonly Link[];
}

interface Link {
  readonly consent: Consent;
  readonly usable: boolean;
  readonly access: readonly string[];
  readonly reference: string;
  readonly continuationEnvelope: string | null;
  readonly tokensEnvelope: string | null;
}

/** An account and the consent that opens it. */
export interface OpenAccount {
  readonly account: Account;
  readonly consent: Consent;
  /** The upstream's name of the account. */
  readonly reference: string;
  /** The account as a provider is asked with it. */
  readonly hold: () => HeldAccount;
  /** The consent's tokens as they were found together with it, sealed. */
  readonly tokensEnvelope: string | null;
}

type Json = Readonly<Record<string, unknown>>;

interface FoundRow {
  readonly account: Json;
  readonly consent: Json | null;
  readonly reference: string | null;
  readonly continuation_envelope: string | null;
  readonly access: string[] | null;
  readonly usable: boolean | null;
  readonly tokens_envelope: string | null;
  readonly as_of: Date | null;
}

/** Balance as it was stored: type, minor units, currency, credit or debit, as of. */
export type StoredBalance = readonly [string, string, string, CreditDebit, string | null];

const found = `row_to_json(account) AS account, row_to_json(consent) AS consent, link.reference,
  link.continuation_envelope, ${consentIsUsable} AS usable,
  ARRAY(SELECT unnest(coalesce(link.access, consent.access)) INTERSECT SELECT unnest(consent.asked_access)) AS access,
  "grant".tokens_envelope, read.as_of`;
const from = `
  FROM accounts AS account
  LEFT JOIN (consent_accounts AS link JOIN consents AS consent ON consent.id = link.consent_id)
    ON link.account_id = account.id AND consent.app_id = account.app_id
  LEFT JOIN grants AS "grant" ON "grant".subject_id = consent.id AND "grant".app_id = account.app_id
  LEFT JOIN data_reads AS read ON read.subject_id = account.id AND read.kind = $3
  WHERE account.id = $1 AND account.app_id = $2
  ORDER BY consent.id DESC`;
const finding: Statement = { name: 'account-access', text: `SELECT ${found} ${from}` };
const findingWithBalances: Statement = {
  name: 'account-access-balances',
  text: `SELECT ${found},
    (SELECT json_agg(json_build_array(type, amount_minor::text, currency, credit_debit, balance.as_of) ORDER BY position)
     FROM balances AS balance WHERE balance.account_id = account.id) AS balances ${from}`,
};

/** Where what an upstream wants back with the next call about an account is sealed. */
export function accountLinkPlace(appId: string, consentId: string, accountId: string): VaultPlace {
  return { appId, table: 'consent_accounts', row: `${consentId}|${accountId}`, column: 'continuation_envelope' };
}

/**
 * Finds the consent that opens an account: the newest good one that grants what is asked for. The consent is looked up
 * for every request, in one statement with all else that a read needs, so that a revocation counts at once everywhere.
 */
@Injectable()
export class AccountAccess {
  private readonly accountOf: (json: Json) => Account;
  private readonly consentOf: (json: Json) => Consent;

  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly reads: DataReads,
  ) {
    this.accountOf = entityReader(database, AccountEntity);
    this.consentOf = entityReader(database, ConsentEntity);
  }

  /**
   * @param read the kind of data under which live reads are remembered; null where nothing is read
   * @throws Refusal `not_found`
   */
  async find(appId: string, accountId: string, read: string | null): Promise<FoundAccount> {
    return this.found(await runStatement<FoundRow>(this.database, finding, [accountId, appId, read]), accountId, read);
  }

  /** The same, and the stored balances of the account. @throws Refusal `not_found` */
  async findWithBalances(
    appId: string,
    accountId: string,
    read: string,
  ): Promise<FoundAccount & { readonly balances: readonly StoredBalance[] }> {
    const values = [accountId, appId, read];
    const rows = await runStatement<FoundRow & { readonly balances: StoredBalance[] | null }>(
      this.database,
      findingWithBalances,
      values,
    );
    return { ...this.found(rows, accountId, read), balances: rows[0]?.balances ?? [] };
  }

  private found(rows: readonly FoundRow[], accountId: string, read: string | null): FoundAccount {
    const [first] = rows;
    if (!first) throw notFound();
    return {
      account: this.accountOf(first.account),
      asOf: read === null ? null : this.reads.newest(accountId, read, first.as_of),
      links: rows.flatMap((row) => this.link(row)),
    };
  }

  /**
   * @param kind what is to be read; null for kinds that no consent names
   * @throws Refusal `consent_not_usable`, `access_not_granted`
   */
  open({ account, links }: FoundAccount, kind: AccessKind | null): OpenAccount {
    const usable = links.filter((link) => link.usable);
    const link = usable.find(({ access }) => kind === null || access.includes(kind));
    if (!link) throw refuse(links, usable.length > 0, kind);
    const { appId, id, identifiers, currency, ownerName } = account;
    const { consent, reference, continuationEnvelope, tokensEnvelope } = link;
    const unseal = (envelope: string): Continuation =>
      this.vault.unsealJson<Continuation>(envelope, accountLinkPlace(appId, consent.id, id));
    const hold = (): HeldAccount => ({
      id,
      reference,
      identifiers,
      currency,
      ownerName: ownerName ?? undefined,
      continuation: continuationEnvelope === null ? null : unseal(continuationEnvelope),
    });
    return { account, consent, reference, hold, tokensEnvelope };
  }

  private link(row: FoundRow): readonly Link[] {
    const { consent, reference, access, usable, continuation_envelope, tokens_envelope } = row;
    if (!consent || reference === null) return [];
    return [
      {
        consent: this.consentOf(consent),
        reference,
        usable: usable === true,
        access: access ?? [],
        continuationEnvelope: continuation_envelope,
        tokensEnvelope: tokens_envelope,
      },
    ];
  }
}

function refuse(links: readonly Link[], usable: boolean, kind: AccessKind | null): Refusal {
  const newest = links[0]?.consent;
  if (!usable) return notUsable({ id: newest?.id ?? '', status: newest?.status ?? 'expired' });
  return new Refusal('access_not_granted', `No consent of the PSU covers \`${kind ?? ''}\` of this account.`, {
    nextAction: { type: 'createConsent', href: '/v1/consents' },
  });
}
