import type { AccessKind } from '@tributary/domain';
import {
  type AccountInformation,
  type AccountWithContinuation,
  type CallContext,
  type HeldConsent,
  type ProviderDeps,
  ProviderError,
  type ReadRows,
} from '../../port/index.js';
import { accountCaller, accountStateOf, accountUrl, keptAccount } from './account-state.js';
import { identifiersOf } from './account-reference.js';
import { balanceSnapshot } from './balance.js';
import type { Xs2aClient } from '../client.js';
import { resourceOf } from '../sca/conversation.js';
import { type Links, readLinks } from '../links.js';
import { readRows, UnreadableError } from '../../kit/rows.js';
import type { Xs2aSettings } from '../settings.js';
import { account, accountList, balance, balanceList, cardAccountList, type WireAccount } from './wire.js';

type Accounts = Pick<AccountInformation, 'listAccounts' | 'readBalances'>;
type Kind = 'accounts' | 'card-accounts';

interface WireList {
  readonly rows: readonly unknown[];
  readonly url: URL;
}

/** Kinds of a refusal by which a bank says that this consent has no cards. */
const noCards: ReadonlySet<string> = new Set(['consent-invalid', 'not-found', 'unsupported', 'rejected']);

/** Payment and card accounts and their balances (Implementation Guidelines 1.3, sections 6.5 and 6.6). */
export function createAccounts(settings: Xs2aSettings, deps: ProviderDeps, client: Xs2aClient): Accounts {
  const hasCards = settings.optionalServices?.includes('cardAccounts') === true;

  async function wireRows(kind: Kind, consent: HeldConsent, withBalance: boolean, context: CallContext) {
    const url = client.url('v1', kind);
    if (withBalance) url.searchParams.set('withBalance', 'true');
    const spec = { operation: 'listAccounts', service: 'ais', method: 'GET', url } as const;
    const caller = accountCaller(consent, spec.operation, context);
    if (kind === 'accounts') {
      const answered = await client.call(spec, caller, context, accountList);
      return { rows: answered.value.accounts, url: answered.url };
    }
    const answered = await client.call(spec, caller, context, cardAccountList);
    return { rows: answered.value.cardAccounts, url: answered.url };
  }

  /** A consent that is good for payment accounts need not cover cards. */
  async function cardRows(consent: HeldConsent, withBalance: boolean, context: CallContext): Promise<WireList | null> {
    if (!hasCards) return null;
    try {
      return await wireRows('card-accounts', consent, withBalance, context);
    } catch (error) {
      if (!(error instanceof ProviderError) || !noCards.has(error.kind)) throw error;
      deps.warn({ operation: 'listAccounts', message: `no card accounts: ${error.message}` });
      return null;
    }
  }

  function linksOf({ _links: wire }: WireAccount, url: URL): Links {
    const { links, refused } = readLinks(wire, url, settings);
    if (refused.length > 0) {
      deps.warn({ operation: 'listAccounts', message: `links to foreign hosts left out: ${refused.join(', ')}` });
    }
    return links;
  }

  const snapshots = (kind: Kind, { rows, url }: WireList, { access }: HeldConsent): ReadRows<AccountWithContinuation> =>
    readRows(rows, account, (wire, raw) => accountSnapshot(kind, wire, raw, linksOf(wire, url), access));

  return {
    async listAccounts(consent, context) {
      const accounts = snapshots('accounts', await wireRows('accounts', consent, false, context), consent);
      const cardList = await cardRows(consent, false, context);
      if (cardList === null) return accounts;
      const cards = snapshots('card-accounts', cardList, consent);
      return {
        rows: [...accounts.rows, ...cards.rows],
        unreadable: [...accounts.unreadable, ...cards.unreadable],
      };
    },

    async readBalances(consent, held, context) {
      const { card } = accountStateOf(held);
      if (resourceOf(consent.continuation).accessShape === 'availableAccountsWithBalance') {
        // Such a consent opens the list and nothing below it.
        const { rows } = await wireRows(card === undefined ? 'accounts' : 'card-accounts', consent, true, context);
        const own = readRows(rows, account, (wire) => wire).rows.find((wire) => referenceOf(wire) === held.reference);
        return readRows(own?.balances ?? [], balance, (wire, raw) => balanceSnapshot(wire, raw, card?.debitAccounting));
      }
      const url = accountUrl(client, held, 'balances');
      const spec = { operation: 'readBalances', service: 'ais', method: 'GET', url } as const;
      const { value } = await client.call(spec, accountCaller(consent, spec.operation, context), context, balanceList);
      const debitAccounting = card && (value.debitAccounting ?? card.debitAccounting);
      return readRows(value.balances, balance, (wire, raw) => balanceSnapshot(wire, raw, debitAccounting));
    },
  };
}

/** Banks name no resource where the consent opens nothing below the list; the account's own name serves then. */
function referenceOf(wire: WireAccount): string | undefined {
  return wire.resourceId ?? identifiersOf(wire)[0]?.value;
}

function accountSnapshot(
  kind: Kind,
  wire: WireAccount,
  raw: unknown,
  links: Links,
  granted: readonly AccessKind[],
): AccountWithContinuation {
  if (!/^[A-Z]{3}$/.test(wire.currency)) throw new UnreadableError('currency is not an ISO 4217 code');
  const reference = referenceOf(wire);
  if (reference === undefined) throw new UnreadableError('the account has no name of any kind');
  const isCard = kind === 'card-accounts';
  return {
    reference,
    identifiers: identifiersOf(wire),
    currency: wire.currency,
    name: wire.displayName ?? wire.name ?? wire.product,
    product: wire.product,
    type: wire.cashAccountType ?? (isCard ? 'CARD' : undefined),
    usage: usageOf(wire.usage),
    ownerName: wire.ownerName,
    bic: wire.bic,
    // By the framework (schema accountStatus), an account without the member is enabled.
    status: wire.status ?? 'enabled',
    raw,
    access: accessByLinks(links, granted),
    continuation: keptAccount({
      links,
      card: isCard ? { debitAccounting: wire.debitAccounting === true } : undefined,
    }),
  };
}

/**
 * Rights by account: a missing link is a missing right, unless the bank sends no such links at all. Standing orders come with the
 * transactions; what has no link of its own is as granted.
 */
function accessByLinks(links: Links, granted: readonly AccessKind[]): readonly AccessKind[] | undefined {
  const linked: readonly AccessKind[] = [
    ...(links['balances'] === undefined ? [] : (['balances'] as const)),
    ...(links['transactions'] === undefined ? [] : (['transactions', 'standingOrders'] as const)),
  ];
  if (linked.length === 0) return undefined;
  return ['accounts', ...linked, ...granted.filter((kind) => kind === 'party' || kind === 'beneficiaries')];
}

function usageOf(word: string | undefined): 'private' | 'business' | undefined {
  if (word === 'PRIV') return 'private';
  return word === 'ORGA' ? 'business' : undefined;
}
