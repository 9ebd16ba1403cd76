import { formatMoney, type Money, paymentFrequencies } from '@tributary/domain';
import { readRows } from '../../kit/rows.js';
import {
  type AccountInformation,
  type CallContext,
  type JsonValue,
  type ProviderDeps,
  ProviderError,
} from '../../port/index.js';
import { identifiersOf, moneyOf } from './account-reference.js';
import { accountCaller, accountUrl } from './account-state.js';
import type { Caller, Xs2aClient } from '../client.js';
import { readLinks } from '../links.js';
import { providerId, type Xs2aSettings } from '../settings.js';
import { remittanceOf } from './transaction-row.js';
import { transaction, transactionReport, type WireStandingOrderDetails, type WireTransaction } from './wire.js';

const operation = 'readStandingOrders';
/** A list of standing orders with more pages goes round in circles. */
const mostPages = 100;

/** Standing orders: transactions of the booking status `information` (Implementation Guidelines 1.3, section 6.5.4). */
export function createStandingOrders(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
): Required<Pick<AccountInformation, 'readStandingOrders'>> {
  async function readPage(url: URL, caller: Caller, context: CallContext) {
    const spec = { operation, service: 'ais', method: 'GET', url } as const;
    const { value, links, url: answered } = await client.call(spec, caller, context, transactionReport);
    if (value.transactions === undefined) {
      const message = "The institution's answer has no list of standing orders.";
      const { traceId } = context;
      throw new ProviderError({ kind: 'malformed', provider: providerId, operation, traceId, message });
    }
    const { information, _links: wire } = value.transactions;
    const inner = readLinks(wire, answered, settings).links;
    return { rows: information, next: links['next'] ?? inner['next'] };
  }

  return {
    async readStandingOrders(consent, account, context) {
      const caller = accountCaller(consent, operation, context);
      const first = accountUrl(client, account, 'transactions');
      first.searchParams.set('bookingStatus', 'information');
      const wire: unknown[] = [];
      const seen = new Set<string>();
      for (let url: string | undefined = first.href; url !== undefined;) {
        if (seen.has(url) || seen.size >= mostPages) {
          deps.warn({ operation, message: 'the pages have no end; the list ends here' });
          break;
        }
        seen.add(url);
        const page = await readPage(new URL(url), caller, context);
        wire.push(...page.rows);
        url = page.next;
      }
      return readRows(wire, transaction, standingOrder);
    },
  };
}

function standingOrder(wire: WireTransaction): JsonValue {
  const { minor, currency } = moneyOf(wire.transactionAmount);
  const { unstructured, structured } = remittanceOf(wire);
  return present({
    reference: wire.transactionId ?? wire.entryReference,
    // What is to be paid: whether banks write a minus says nothing here.
    amount: moneyView({ minor: minor < 0n ? -minor : minor, currency }),
    creditor: present({
      name: wire.creditorName,
      account: wire.creditorAccount && present({ ...identifiersOf(wire.creditorAccount)[0] }),
    }),
    remittance: present({ unstructured, structured }),
    ...recurrence(wire.additionalInformationStructured?.standingOrderDetails),
  });
}

/** The recurrence in the words of our own orders; a word of the bank that we do not know stays as it is. */
function recurrence(details: WireStandingOrderDetails | undefined): Readonly<Record<string, JsonValue>> {
  if (details === undefined) return {};
  return present({
    frequency: frequencyOf(details.frequency),
    startDate: details.startDate,
    endDate: details.endDate,
    executionRule: details.executionRule,
    dayOfExecution: numberOr(details.dayOfExecution),
    monthsOfExecution: details.monthsOfExecution?.map((month) => numberOr(month) ?? month),
    withinAMonth: details.withinAMonthFlag,
    multiplicator: numberOr(details.multiplicator),
    limitAmount: details.limitAmount && moneyView(moneyOf(details.limitAmount)),
  });
}

/** The framework's codes (frequencyCode) are ours with a capital. */
function frequencyOf(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  const own = `${word.charAt(0).toLowerCase()}${word.slice(1)}`;
  return Object.hasOwn(paymentFrequencies, own) ? own : word;
}

/** `"1"` and `"01"` are the same day. */
function numberOr(words: string | undefined): number | string | undefined {
  return words !== undefined && /^\d{1,3}$/.test(words) ? Number(words) : words;
}

const moneyView = (money: Money): JsonValue => ({ amount: formatMoney(money), currency: money.currency });

/** Without members that have no value. */
function present(members: Readonly<Record<string, JsonValue | undefined>>): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, JsonValue] => member[1] !== undefined),
  );
}
