import type { TransactionSnapshot } from '@tributary/domain';
import { resolveLink } from '../kit/links.js';
import { readRows, UnreadableError } from '../kit/rows.js';
import {
  type AccountInformation,
  type CallContext,
  type HeldAccount,
  ProviderError,
  type ProviderDeps,
  type TransactionPage,
  type TransactionQuery,
} from '../port/index.js';
import type { TribeClient } from './client.js';
import { identifiersOf, moneyOf, sameIdentifier } from './identifiers.js';
import { providerId } from './settings.js';
import type { TppSettings } from './tpp-settings.js';
import { transaction, transactionPage, type WireAccountReference, type WireTransaction } from './wire.js';

const operation = 'readTransactions';

/** Transactions, page by page along Tribe's links (TPP API v2, GET /accounts/{accountId}/transactions). */
export function createTransactions(
  { amountSigns }: TppSettings,
  deps: ProviderDeps,
  client: TribeClient,
): Pick<AccountInformation, 'readTransactions'> {
  return {
    async readTransactions(consent, held, query, context): Promise<TransactionPage> {
      const asked = query.cursor === undefined ? firstPage(query, context) : new URLSearchParams(query.cursor);
      const spec = {
        operation,
        method: 'GET',
        path: ['accounts', held.reference, 'transactions'],
        query: asked,
        tokens: consent.tokens,
        account: held.reference,
      } as const;
      const { value, url } = await client.call(spec, context, transactionPage);
      const { booked = [], pending = [] } = value.transactions ?? {};
      const read = (rows: readonly unknown[], status: TransactionSnapshot['status']) =>
        readRows(rows, transaction, (wire, raw) => transactionSnapshot(wire, raw, status, held, amountSigns));
      const lists = [read(booked, 'booked'), read(pending, 'pending')];
      return {
        rows: lists.flatMap(({ rows }) => rows),
        unreadable: lists.flatMap(({ unreadable }) => unreadable),
        next: nextPage(value.links?.next?.href, url, deps),
      };
    },
  };
}

function firstPage({ status, from, to, since }: TransactionQuery, { traceId }: CallContext): URLSearchParams {
  if (since !== undefined) {
    const message = 'Tribe has no delta access: read the whole window.';
    throw new ProviderError({ kind: 'unsupported', provider: providerId, operation, traceId, message });
  }
  return new URLSearchParams({
    bookingStatus: status,
    ...(from !== undefined && { dateFrom: from }),
    ...(to !== undefined && { dateTo: to }),
  });
}

/**
 * The query of the link to the next page. The address is ours, so that neither a proxy's prefix nor a cursor out of an app's
 * hands leads elsewhere. A page that links to itself ends the list instead of keeping us in it.
 */
function nextPage(href: string | undefined, asked: URL, deps: ProviderDeps): string | null {
  if (href === undefined || href === '') return null;
  const next = resolveLink(href, asked, '_links.next').searchParams.toString();
  if (next !== asked.searchParams.toString()) return next;
  deps.warn({ operation, message: 'the next page is the same page again; the list ends here' });
  return null;
}

function transactionSnapshot(
  wire: WireTransaction,
  raw: unknown,
  status: TransactionSnapshot['status'],
  account: HeldAccount,
  amountSigns: TppSettings['amountSigns'],
): TransactionSnapshot {
  const { minor, currency } = moneyOf(wire.transactionAmount);
  const direction = directionOf(wire, minor < 0n, account, amountSigns);
  const { remittanceInformationUnstructured: words = '', remittanceInformationStructured: structured } = wire;
  return {
    reference: wire.transactionId,
    status,
    // One document has the days inside the amount, the other beside it.
    bookedOn: onlyOne('bookingDate', wire.bookingDate, wire.transactionAmount.bookingDate),
    valueOn: onlyOne('valueDate', wire.valueDate, wire.transactionAmount.valueDate),
    amount: { minor: minor < 0n ? -minor : minor, currency },
    direction,
    counterparty: counterpartyOf(wire, direction, account),
    remittance: { unstructured: words === '' ? [] : [words], structured: structured?.reference },
    raw,
  };
}

function onlyOne(name: string, beside: string | undefined, inside: string | undefined): string | undefined {
  if (beside !== undefined && inside !== undefined && beside !== inside) {
    throw new UnreadableError(`${name} says two different days`);
  }
  return beside ?? inside;
}

/**
 * Whether a row came in or went out. There is no member for it; a minus is a debit, whatever the parties say. Throws
 * UnreadableError rather than guess: a wrong direction is a wrong sum.
 */
function directionOf(
  { debtorAccount, creditorAccount }: WireTransaction,
  negative: boolean,
  account: HeldAccount,
  amountSigns: TppSettings['amountSigns'],
): TransactionSnapshot['direction'] {
  if (negative) return 'debit';
  if (amountSigns === 'signed') return 'credit';
  if (isOwn(creditorAccount, account)) return 'credit';
  if (isOwn(debtorAccount, account)) {
    if (amountSigns === 'unsigned') return 'debit';
    throw new UnreadableError('direction conflict: no minus, but the account is the debtor; set amountSigns');
  }
  if (amountSigns === 'unsigned')
    throw new UnreadableError('unsigned amount, and the parties do not tell the direction');
  return 'credit';
}

/** The side that is not the account: banks keep the parties of what was sent back where they were. */
function counterpartyOf(
  { debtorName, debtorAccount, creditorName, creditorAccount }: WireTransaction,
  direction: TransactionSnapshot['direction'],
  account: HeldAccount,
): TransactionSnapshot['counterparty'] {
  const debtor = { name: debtorName, account: debtorAccount };
  const creditor = { name: creditorName, account: creditorAccount };
  const [likely, other] = direction === 'credit' ? [debtor, creditor] : [creditor, debtor];
  const side = isOwn(likely.account, account) ? other : likely;
  return { name: side.name, account: side.account && identifiersOf(side.account)[0] };
}

function isOwn(reference: WireAccountReference | undefined, { identifiers }: HeldAccount): boolean {
  if (reference === undefined) return false;
  return identifiersOf(reference).some((one) => identifiers.some((own) => sameIdentifier(own, one)));
}
