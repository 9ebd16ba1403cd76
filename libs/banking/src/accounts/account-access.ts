import { Injectable } from '@nestjs/common';
import type { AccessKind } from '@tributary/domain';
import { type Account, AccountEntity, type Consent, ConsentEntity } from '@tributary/persistence';
import { Vault, type VaultPlace } from '@tributary/platform';
import type { Continuation, HeldAccount } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { consentIsUsable, notUsable } from '../consents/consent-use.js';
import { notFound, Refusal } from '../refusal.js';

/** An account, the consent that opens it, and the upstream's name of it within that consent. */
export interface OpenAccount {
  readonly account: Account;
  readonly consent: Consent;
  readonly held: HeldAccount;
}

interface LinkRow {
  consent_id: string;
  reference: string;
  continuation_envelope: string | null;
  access: string[];
  usable: boolean;
  status: Consent['status'];
}

/** Where what an upstream wants back with the next call about an account is sealed. */
export function accountLinkPlace(appId: string, consentId: string, accountId: string): VaultPlace {
  return { appId, table: 'consent_accounts', row: `${consentId}|${accountId}`, column: 'continuation_envelope' };
}

/** Finds the consent that opens an account: the newest good one that grants what is asked for. */
@Injectable()
export class AccountAccess {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
  ) {}

  /** @throws Refusal `not_found` */
  async find(appId: string, accountId: string): Promise<Account> {
    const account = await this.database.getRepository(AccountEntity).findOneBy({ id: accountId, appId });
    if (!account) throw notFound();
    return account;
  }

  /**
   * @param kind what is to be read; null for kinds that no consent names
   * @throws Refusal `consent_not_usable`, `access_not_granted`
   */
  async open(account: Account, kind: AccessKind | null): Promise<OpenAccount> {
    const links = await this.links(account);
    const usable = links.filter((link) => link.usable);
    const link = usable.find(({ access }) => kind === null || access.includes(kind));
    if (!link) throw this.refuse(links, usable.length > 0, kind);
    const { appId, id, identifiers, currency, ownerName } = account;
    const consent = await this.database.getRepository(ConsentEntity).findOneByOrFail({ id: link.consent_id });
    return {
      account,
      consent,
      held: {
        id,
        reference: link.reference,
        identifiers,
        currency,
        ownerName: ownerName ?? undefined,
        continuation:
          link.continuation_envelope === null
            ? null
            : this.vault.unsealJson<Continuation>(
                link.continuation_envelope,
                accountLinkPlace(appId, link.consent_id, id),
              ),
      },
    };
  }

  private links({ appId, id }: Account): Promise<LinkRow[]> {
    return this.database.query<LinkRow[]>(
      `SELECT link.consent_id, link.reference, link.continuation_envelope,
              ARRAY(SELECT unnest(coalesce(link.access, consent.access))
                    INTERSECT SELECT unnest(consent.asked_access)) AS access, ${consentIsUsable} AS usable, consent.status
       FROM consent_accounts AS link JOIN consents AS consent ON consent.id = link.consent_id
       WHERE link.account_id = $1 AND consent.app_id = $2
       ORDER BY consent.id DESC`,
      [id, appId],
    );
  }

  private refuse(links: readonly LinkRow[], usable: boolean, kind: AccessKind | null): Refusal {
    const newest = links[0];
    if (!usable) return notUsable({ id: newest?.consent_id ?? '', status: newest?.status ?? 'expired' });
    return new Refusal('access_not_granted', `No consent of the PSU covers \`${kind ?? ''}\` of this account.`, {
      nextAction: { type: 'createConsent', href: '/v1/consents' },
    });
  }
}
