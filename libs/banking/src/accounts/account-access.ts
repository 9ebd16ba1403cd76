import { Injectable } from '@nestjs/common';
import type { AccessKind } from '@tributary/domain';
import type { Account, Consent } from '@tributary/persistence';
import { Vault, type VaultPlace } from '@tributary/platform';
import type { Continuation, HeldAccount } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { notUsable } from '../consents/consent-use.js';
import { notFound, Refusal } from '../refusal.js';
import { AccountLookup, accountsOnly, accountsWithBalances, type Link, type LookedUp } from './account-lookup.js';
import { DataReads } from './data-reads.js';

/** An account and every consent that names it, newest first, as the database has them at this instant. */
export type FoundAccount = LookedUp;

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

/** Where what an upstream wants back with the next call about an account is sealed. */
export function accountLinkPlace(appId: string, consentId: string, accountId: string): VaultPlace {
  return { appId, table: 'consent_accounts', row: `${consentId}|${accountId}`, column: 'continuation_envelope' };
}

/**
 * Finds the consent that opens an account: the newest good one that grants what is asked for. The consent is looked up
 * for every request, together with all else that a read needs, so that a revocation counts at once everywhere.
 */
@Injectable()
export class AccountAccess {
  /** What was unsealed of links that the look-up keeps: for as long as it keeps them. */
  private readonly continuations = new WeakMap<Link, Continuation>();
  private readonly accounts: AccountLookup;
  private readonly withBalances: AccountLookup;

  constructor(
    database: DataSource,
    private readonly vault: Vault,
    private readonly reads: DataReads,
  ) {
    this.accounts = new AccountLookup(database, accountsOnly);
    this.withBalances = new AccountLookup(database, accountsWithBalances);
  }

  /**
   * @param read the kind of data under which live reads are remembered; null where nothing is read
   * @throws Refusal `not_found`
   */
  async find(appId: string, accountId: string, read: string | null): Promise<FoundAccount> {
    return this.found(await this.accounts.find(appId, accountId, read), accountId, read);
  }

  /** The same, and the stored balances of the account. @throws Refusal `not_found` */
  async findWithBalances(appId: string, accountId: string, read: string): Promise<FoundAccount> {
    return this.found(await this.withBalances.find(appId, accountId, read), accountId, read);
  }

  private found(lookedUp: LookedUp | undefined, accountId: string, read: string | null): FoundAccount {
    if (lookedUp === undefined) throw notFound();
    if (read === null) return lookedUp;
    return { ...lookedUp, asOf: this.reads.newest(accountId, read, lookedUp.asOf) };
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
    const { consent, reference, tokensEnvelope } = link;
    const hold = (): HeldAccount => ({
      id,
      reference,
      identifiers,
      currency,
      ownerName: ownerName ?? undefined,
      continuation: this.continuation(link, accountLinkPlace(appId, consent.id, id)),
    });
    return { account, consent, reference, hold, tokensEnvelope };
  }

  private continuation(link: Link, place: VaultPlace): Continuation | null {
    if (link.continuationEnvelope === null) return null;
    let continuation = this.continuations.get(link);
    if (continuation === undefined) {
      continuation = this.vault.unsealJson<Continuation>(link.continuationEnvelope, place);
      this.continuations.set(link, continuation);
    }
    return continuation;
  }
}

function refuse(links: readonly Link[], usable: boolean, kind: AccessKind | null): Refusal {
  const newest = links[0]?.consent;
  if (!usable) return notUsable({ id: newest?.id ?? '', status: newest?.status ?? 'expired' });
  return new Refusal('access_not_granted', `No consent of the PSU covers \`${kind ?? ''}\` of this account.`, {
    nextAction: { type: 'createConsent', href: '/v1/consents' },
  });
}
