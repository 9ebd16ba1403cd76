import { type AccountIdentifier, type BalanceSnapshot, formatMoney, type Money, parseMoney } from '@tributary/domain';
import { UnreadableError } from '../../kit/rows.js';
import type { AccountWithContinuation, JsonValue } from '../../port/index.js';
import type { WireMoney } from '../wire.js';
import type { WireAccount, WireIdentifier, WireStandingOrder } from './wire.js';

/** An amount of the wire, exactly: up to four decimals, of which the currency's own may be other than zero. Throws MoneyError. */
export function moneyOf({ value, currency }: WireMoney): Money {
  return parseMoney(value.trim(), currency);
}

const magnitude = (money: Money): Money => ({ ...money, minor: money.minor < 0n ? -money.minor : money.minor });

/** One wrapped identifier (AccountIdentifier); undefined for Token.io's own and for what is empty. */
export function identifierOf(wire: WireIdentifier | undefined): AccountIdentifier | undefined {
  for (const [kind, members] of Object.entries(wire ?? {})) {
    const value = (name: string): string => (members?.[name] ?? '').replaceAll(/\s/g, '');
    switch (kind) {
      case 'iban':
        if (value('iban') !== '') return { scheme: 'iban', value: value('iban').toUpperCase() };
        break;
      case 'gbDomestic':
        // Samples show them as numbers: their leading zeros are lost on the way.
        if (value('accountNumber') !== '') {
          const number =
            value('sortCode').replaceAll('-', '').padStart(6, '0') + value('accountNumber').padStart(8, '0');
          return { scheme: 'sortCodeAccountNumber', value: number };
        }
        break;
      case 'bban':
      case 'pan':
      case 'msisdn':
        if (value(kind) !== '')
          return { scheme: kind === 'pan' && /\D/.test(value(kind)) ? 'maskedPan' : kind, value: value(kind) };
        break;
      case 'bankgiro':
      case 'plusgiro':
        if (value(`${kind}Number`) !== '') return { scheme: kind, value: value(`${kind}Number`).replaceAll('-', '') };
        break;
      default:
    }
  }
  return undefined;
}

/** Their kinds of account (AccountDetailsAccountType) as ISO 20022 ExternalCashAccountType1Code. */
const accountTypes: Readonly<Record<string, string>> = {
  CHECKING: 'CACC',
  SAVINGS: 'SVGS',
  LOAN: 'LOAN',
  CARD: 'CARD',
};

export function accountSnapshot(wire: WireAccount, raw: unknown): AccountWithContinuation {
  const { accountDetails: details } = wire;
  const { currency } = details;
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency)) {
    throw new UnreadableError('accountDetails.currency is not an ISO 4217 code');
  }
  const type = details.type?.[0];
  return {
    reference: wire.id,
    identifiers: details.accountIdentifiers.flatMap((one) => identifierOf(one) ?? []),
    currency,
    name: wire.name,
    type: type === undefined || type === 'OTHER' ? undefined : (accountTypes[type] ?? type),
    ownerName: details.accountHolderName,
    bic: details.bic,
    status: wire.isLocked === true ? 'blocked' : statusOf(details.status),
    raw,
    continuation: null,
  };
}

/** The bank's own text; ours where it says the same in other letters. */
function statusOf(words: string | undefined): string {
  if (words === undefined || /^(active|enabled)$/i.test(words)) return 'enabled';
  return /^(deleted|blocked)$/i.test(words) ? words.toLowerCase() : words;
}

const balanceTypes: ReadonlySet<string> = new Set([
  'openingBooked',
  'closingBooked',
  'interimBooked',
  'interimAvailable',
  'closingAvailable',
  'openingAvailable',
  'forwardAvailable',
  'expected',
  'nonInvoiced',
  'information',
]);

/** The framework's spelling for words that differ in letters only (INTERIM_BOOKED, InterimBooked); others stay. */
export function balanceType(words: string): string {
  const parts = words.includes('_') ? words.toLowerCase().split('_') : [words];
  const camel = parts
    .map((part, at) => (at === 0 ? part.charAt(0).toLowerCase() : part.charAt(0).toUpperCase()) + part.slice(1))
    .join('');
  return balanceTypes.has(camel) ? camel : words;
}

export function balanceSnapshot(
  type: string,
  wire: WireMoney,
  asOfMs: string | undefined,
  raw: unknown,
): BalanceSnapshot {
  const money = moneyOf(wire);
  return {
    type,
    amount: magnitude(money),
    creditDebit: money.minor < 0n ? 'debit' : 'credit',
    asOf: instantOf(asOfMs),
    raw,
  };
}

/** Milliseconds since 1970, as text or number; undefined for anything else. */
export function instantOf(ms: string | undefined): string | undefined {
  const value = Number(ms ?? '');
  return Number.isFinite(value) && value > 0 && value < 8.64e15 ? new Date(value).toISOString() : undefined;
}

/** A standing order in the words of our own orders. */
export function standingOrder(wire: WireStandingOrder): JsonValue {
  const details = wire.providerStandingOrderDetails?.cma9StandingOrderDetails;
  const account = identifierOf(wire.creditorEndpoint?.accountIdentifier);
  return present({
    reference: wire.id,
    status: wire.status,
    amount: amountView(details?.nextPaymentAmount ?? details?.firstPaymentAmount),
    finalAmount: amountView(details?.finalPaymentAmount),
    creditor: present({
      name: wire.creditorEndpoint?.customerData?.legalNames?.[0],
      account: account && present({ ...account }),
    }),
    frequency: frequencies[wire.frequency ?? ''] ?? wire.frequency,
    startDate: details?.firstPaymentDateTime?.slice(0, 10),
    nextDate: details?.nextPaymentDateTime?.slice(0, 10),
    endDate: details?.finalPaymentDateTime?.slice(0, 10),
    numberOfPayments: details?.numberOfPayments,
    remittance: present({ structured: details?.reference }),
    createdAt: instantOf(wire.createdAtMs),
  });
}

/** ISO 20022 Frequency6Code, as they write it. */
export const frequencies: Readonly<Record<string, string>> = {
  DAIL: 'daily',
  WEEK: 'weekly',
  TOWK: 'everyTwoWeeks',
  MNTH: 'monthly',
  TOMN: 'everyTwoMonths',
  QUTR: 'quarterly',
  SEMI: 'semiAnnual',
  YEAR: 'annual',
};

function amountView(wire: WireMoney | undefined): JsonValue | undefined {
  if (wire === undefined) return undefined;
  const money = magnitude(moneyOf(wire));
  return { amount: formatMoney(money), currency: money.currency };
}

/** Without members that have no value. */
function present(members: Readonly<Record<string, JsonValue | undefined>>): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, JsonValue] => member[1] !== undefined),
  );
}
