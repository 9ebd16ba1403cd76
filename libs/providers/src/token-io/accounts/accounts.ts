import type { BalanceSnapshot, UnreadableRow } from '@tributary/domain';
import type { Reader } from '../../kit/json.js';
import { readRows } from '../../kit/rows.js';
import {
  type AccountInformation,
  type CallContext,
  type HeldAccount,
  type HeldConsent,
  type JsonValue,
  ProviderError,
  type ProviderDeps,
  type TransactionPage,
} from '../../port/index.js';
import type { Banks } from '../banks/directory.js';
import type { TokenIoClient } from '../client.js';
import { providerId, type TokenIoSettings } from '../settings.js';
import { accountSnapshot, balanceSnapshot, balanceType, standingOrder } from './mapping.js';
import type { Consents } from './consents.js';
import { transactionSnapshot } from './transaction-row.js';
import {
  account,
  accountList,
  balanceAnswer,
  otherBalance,
  standingOrder as wireStandingOrder,
  standingOrderPage,
  transaction,
  transactionAnswer,
  transactionPage,
} from './wire.js';

type Data = Pick<
  AccountInformation,
  'listAccounts' | 'readBalances' | 'readTransactions' | 'readTransaction' | 'readStandingOrders'
>;

/** A list with more pages goes round in circles. */
const mostPages = 200;

interface Asked {
  readonly operation: string;
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | undefined>>;
}

/** Account data (tag Accounts), each call in the name of the PSU's access token. */
export function createAccounts(
  settings: TokenIoSettings,
  deps: ProviderDeps,
  client: TokenIoClient,
  consents: Consents,
  banks: Banks,
): Data {
  // "Less than 200".
  const pageSize = Math.min(settings.assumptions?.transactionPageSize ?? 199, 199);

  async function read<T>(asked: Asked, consent: HeldConsent, context: CallContext, reader: Reader<T>): Promise<T> {
    const onBehalfOf = await consents.tokenOf(consent, context);
    const spec = { ...asked, service: 'ais', method: 'GET', onBehalfOf, psu: true } as const;
    try {
      return (await client.call(spec, context, reader)).value;
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind !== 'consent-invalid') throw error;
      // Whether it ran out or was taken back is not said with the refusal: the token tells.
      const consentState = await consents.whyEnded(onBehalfOf, context);
      throw new ProviderError({ ...error.facts, consentState });
    }
  }

  /** A row can be refused inside an answer that went well (RequestStatus). */
  function successful(status: string | undefined, { operation }: Asked, context: CallContext): void {
    if (status === undefined || status === 'SUCCESSFUL_REQUEST') return;
    const more = status === 'MORE_SIGNATURES_NEEDED';
    throw new ProviderError({
      kind: more ? 'consent-invalid' : 'rejected',
      provider: providerId,
      operation,
      traceId: context.traceId,
      message: more
        ? 'The bank wants the PSU to authorise the access again.'
        : 'The bank did not answer the question; nothing is known now.',
      upstream: { httpStatus: 200, code: status.slice(0, 100) },
    });
  }

  const ofAccount = ({ reference }: HeldAccount, operation: string, ...below: readonly string[]): Asked => ({
    operation,
    path: ['accounts', reference, ...below],
  });

  return {
    async listAccounts(consent, context) {
      const asked = { operation: 'listAccounts', path: ['accounts'] };
      const { accounts } = await read(asked, consent, context, accountList);
      return readRows(accounts, account, accountSnapshot);
    },

    async readBalances(consent, held, context) {
      const asked = ofAccount(held, 'readBalances', 'balance');
      const { status, balance } = await read(asked, consent, context, balanceAnswer);
      successful(status, asked, context);
      const own: BalanceSnapshot[] = [];
      if (balance?.current) own.push(balanceSnapshot('interimBooked', balance.current, undefined, balance.current));
      if (balance?.available)
        own.push(balanceSnapshot('interimAvailable', balance.available, undefined, balance.available));
      const others = readRows(balance?.otherBalances ?? [], otherBalance, (wire, raw) =>
        balanceSnapshot(balanceType(wire.type ?? 'other'), wire.amount, wire.updatedAtMs, raw),
      );
      // A bank that lists all its balances names the two again.
      const named = new Set(own.map(({ type }) => type));
      return { rows: [...own, ...others.rows.filter(({ type }) => !named.has(type))], unreadable: others.unreadable };
    },

    async readTransactions(consent, held, query, context): Promise<TransactionPage> {
      const bank = await banks.find(consent.institutionReference, context).catch(() => undefined);
      const filters = bank?.supportsTransactionsDateFilter === true;
      const asked = {
        ...ofAccount(held, 'readTransactions', 'transactions'),
        query: {
          'page.limit': pageSize,
          'page.offset': query.cursor,
          ...(filters && { startDate: query.from, endDate: query.to }),
        },
      };
      const { status, transactions, offset } = await read(asked, consent, context, transactionPage);
      successful(status, asked, context);
      const { rows, unreadable } = readRows(transactions, transaction, (wire, raw) =>
        transactionSnapshot(wire, raw, settings),
      );
      const wanted = rows.filter((row) => {
        const day = row.bookedOn ?? row.occurredAt?.slice(0, 10);
        const inTime = day === undefined || ((query.from ?? '') <= day && day <= (query.to ?? '9999'));
        return inTime && (query.status === 'both' || row.status === query.status);
      });
      // The end is not said: a page that is short, or that leads to itself, is the last one.
      const more = transactions.length >= pageSize && offset !== undefined && offset !== '' && offset !== query.cursor;
      return { rows: wanted, unreadable, next: more ? offset : null };
    },

    async readTransaction(consent, held, { reference }, context) {
      const asked = ofAccount(held, 'readTransaction', 'transaction', reference);
      const { status, transaction: row } = await read(asked, consent, context, transactionAnswer);
      successful(status, asked, context);
      return transactionSnapshot(transaction(row, 'transaction'), row, settings);
    },

    async readStandingOrders(consent, held, context) {
      const rows: JsonValue[] = [];
      const unreadable: UnreadableRow[] = [];
      const seen = new Set<string>();
      let offset: string | undefined;
      for (let page = 0; page < mostPages; page += 1) {
        const asked = {
          ...ofAccount(held, 'readStandingOrders', 'standing-orders'),
          query: { 'page.limit': pageSize, 'page.offset': offset },
        };
        const answer = await read(asked, consent, context, standingOrderPage);
        successful(answer.status, asked, context);
        const list = readRows(answer.standingOrders, wireStandingOrder, standingOrder);
        rows.push(...list.rows);
        unreadable.push(...list.unreadable);
        offset = answer.offset;
        if (answer.standingOrders.length < pageSize || !offset || seen.has(offset)) break;
        seen.add(offset);
        if (page === mostPages - 1)
          deps.warn({ operation: asked.operation, message: 'the pages have no end; the list ends here' });
      }
      return { rows, unreadable };
    },
  };
}
