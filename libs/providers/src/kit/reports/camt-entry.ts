import {
  type AccountIdentifier,
  type CreditDebit,
  type Money,
  parseMoney,
  type TransactionSnapshot,
} from '@tributary/domain';
import { MalformedAnswer } from '../json.js';
import { parseXml, type XmlElement } from '../xml.js';
import { type Booking, ibanIn, signed } from './report.js';

/** Codes of an entry's status (ISO 20022 ExternalEntryStatus1Code). FUTR is on the books already, with a later value date. */
const statuses = { BOOK: 'booked', FUTR: 'booked', PDNG: 'pending', INFO: null } as const satisfies Record<
  string,
  TransactionSnapshot['status'] | null
>;

/** What one `Ntry` gives: a row, one for each transaction of a batch, or none where it is for information only. */
export interface CamtEntry {
  readonly rows: readonly TransactionSnapshot[];
}

type EntryStatus = TransactionSnapshot['status'] | null;

/**
 * Reads an `Ntry`. A batch becomes one row for each transaction where their amounts make up the entry's, and stays one row
 * where they do not: what is booked counts once.
 * @param own values of the account's identifiers
 * @throws MalformedAnswer, MoneyError
 */
export function readEntry(source: string, own: ReadonlySet<string>): CamtEntry {
  const entry = parseXml(source);
  const status = statusOf(entry);
  if (status === null) return { rows: [] };
  const whole = bookingOf(entry);
  const transactions = transactionsIn(entry);
  const row = (transaction: XmlElement | undefined, part: Booking, raw: string): TransactionSnapshot => ({
    ...factsOf(entry, transaction, part, own),
    status,
    ...part,
    raw,
  });
  const parts = transactions.length > 1 ? partsOf(whole, transactions) : null;
  if (parts === null) return { rows: [row(transactions.length === 1 ? transactions[0] : undefined, whole, source)] };
  const sources = transactionsIn(parseXml(source, ['TxDtls'])).map((each) => each.source);
  const around = aroundDetails(source);
  return {
    rows: parts.map((part, index) => row(transactions[index], part, around(sources[index] ?? ''))),
  };
}

const transactionsIn = (entry: XmlElement): readonly XmlElement[] =>
  entry.all('NtryDtls').flatMap((details) => details.all('TxDtls'));

/** Amount and direction of an element that has both. @throws MalformedAnswer, MoneyError */
export function bookingOf(element: XmlElement): Booking {
  return { amount: amountOf(element.at('Amt')), direction: directionOf(element) };
}

/** Unsigned, with its currency; the direction stands beside it. */
function amountOf(element: XmlElement | undefined): Money {
  const words = element?.text;
  const currency = element?.attribute('Ccy');
  if (words === undefined || currency === undefined) throw new MalformedAnswer('Amt', 'an amount with a currency');
  const money = parseMoney(words, currency);
  if (money.minor < 0n) throw new MalformedAnswer('Amt', 'without a sign');
  return money;
}

/** `CdtDbtInd`: of a reversal, too, it is the direction of the entry itself. */
function directionOf(element: XmlElement): CreditDebit {
  const word = element.at('CdtDbtInd')?.text;
  if (word === 'CRDT') return 'credit';
  if (word === 'DBIT') return 'debit';
  throw new MalformedAnswer('CdtDbtInd', 'CRDT or DBIT');
}

/** A text until 001.07, a code in an element of its own since 001.08. */
function statusOf(entry: XmlElement): EntryStatus {
  const word = entry.at('Sts', 'Cd')?.text ?? entry.at('Sts')?.text ?? '';
  const found = Object.entries(statuses).find(([code]) => code === word);
  if (found) return found[1];
  throw new MalformedAnswer('Sts', `one of ${Object.keys(statuses).join(', ')}`);
}

/** The transactions of a batch by their own amounts; null where one has none in the entry's currency, or the sum is another. */
function partsOf(whole: Booking, transactions: readonly XmlElement[]): readonly Booking[] | null {
  const parts: Booking[] = [];
  for (const transaction of transactions) {
    const amount = transaction.at('Amt') ?? transaction.at('AmtDtls', 'TxAmt', 'Amt');
    if (amount?.attribute('Ccy') !== whole.amount.currency) return null;
    const direction = transaction.at('CdtDbtInd') ? directionOf(transaction) : whole.direction;
    parts.push({ amount: amountOf(amount), direction });
  }
  return parts.reduce((sum, part) => sum + signed(part), 0n) === signed(whole) ? parts : null;
}

type Facts = Omit<TransactionSnapshot, 'status' | 'amount' | 'direction' | 'raw'>;

function factsOf(
  entry: XmlElement,
  transaction: XmlElement | undefined,
  { direction }: Booking,
  own: ReadonlySet<string>,
): Facts {
  const references = transaction?.at('Refs');
  return {
    reference: servicerReference(references) ?? servicerReference(entry),
    bookedOn: dayOf(entry.at('BookgDt')),
    valueOn: dayOf(entry.at('ValDt')),
    occurredAt: transaction?.at('RltdDts', 'TxDtTm')?.text,
    counterparty: counterpartyOf(entry, transaction?.at('RltdPties'), direction, own),
    remittance: remittanceOf(entry, transaction),
    endToEndId: references?.at('EndToEndId')?.text,
    bankCode: bankCodeOf(transaction?.at('BkTxCd')) ?? bankCodeOf(entry.at('BkTxCd')),
  };
}

/** `NtryRef` numbers the entries of one report only: the same entry has another one tomorrow. */
function servicerReference(element: XmlElement | undefined): string | undefined {
  const reference = element?.at('AcctSvcrRef')?.text;
  return reference === 'NONREF' || reference === 'NOTPROVIDED' ? undefined : reference;
}

/** A date, or the date of a time as the bank wrote it; a zone may follow (XML Schema). */
function dayOf(element: XmlElement | undefined): string | undefined {
  return (element?.at('Dt')?.text ?? element?.at('DtTm')?.text)?.slice(0, 10);
}

function counterpartyOf(
  entry: XmlElement,
  parties: XmlElement | undefined,
  direction: CreditDebit,
  own: ReadonlySet<string>,
): TransactionSnapshot['counterparty'] {
  const debtor = party(parties, 'Dbtr');
  const creditor = party(parties, 'Cdtr');
  // The parties of a reversal keep the roles that they had in what is reversed.
  const reversed = entry.at('RvslInd')?.text === 'true';
  const [likely, other] = (direction === 'credit') === reversed ? [creditor, debtor] : [debtor, creditor];
  return likely.account !== undefined && own.has(likely.account.value) ? other : likely;
}

/** `Dbtr/Nm` until 001.07, `Dbtr/Pty/Nm` since 001.08. */
function party(parties: XmlElement | undefined, role: 'Dbtr' | 'Cdtr'): TransactionSnapshot['counterparty'] {
  const name = parties?.at(role, 'Pty', 'Nm')?.text ?? parties?.at(role, 'Nm')?.text;
  return { name, account: identifierOf(parties?.at(`${role}Acct`, 'Id')) };
}

function identifierOf(id: XmlElement | undefined): AccountIdentifier | undefined {
  const iban = ibanIn(id?.at('IBAN')?.text);
  if (iban !== undefined) return { scheme: 'iban', value: iban };
  const value = id?.at('Othr', 'Id')?.text ?? id?.at('IBAN')?.text;
  if (value === undefined) return undefined;
  return { scheme: id?.at('Othr', 'SchmeNm', 'Cd')?.text === 'BBAN' ? 'bban' : 'other', value };
}

/** The remittance information; where there is none, what else the bank says about the transaction or the entry. */
function remittanceOf(entry: XmlElement, transaction: XmlElement | undefined): TransactionSnapshot['remittance'] {
  const information = transaction?.at('RmtInf');
  const lines = (information?.all('Ustrd') ?? []).flatMap((line) => line.text ?? []);
  const structured = information?.at('Strd', 'CdtrRefInf', 'Ref')?.text;
  if (lines.length > 0 || structured !== undefined) return { unstructured: lines, structured };
  const words = transaction?.at('AddtlTxInf')?.text ?? entry.at('AddtlNtryInf')?.text;
  return { unstructured: words === undefined ? [] : [words] };
}

/** Domain, family and sub-family (`PMNT-RCDT-ESCT`), else the bank's own code. */
function bankCodeOf(code: XmlElement | undefined): string | undefined {
  const domain = code?.at('Domn');
  const codes = [domain?.at('Cd')?.text, domain?.at('Fmly', 'Cd')?.text, domain?.at('Fmly', 'SubFmlyCd')?.text];
  const named = codes.filter((each) => each !== undefined);
  return named.length === 3 ? named.join('-') : code?.at('Prtry', 'Cd')?.text;
}

/** Puts one transaction of a batch in the place of all of them. */
function aroundDetails(source: string): (details: string) => string {
  const from = source.search(/<(?:[\w.-]+:)?NtryDtls[\s>]/);
  const to = source.indexOf('>', source.lastIndexOf('NtryDtls')) + 1;
  return (details) => `${source.slice(0, from)}<NtryDtls><TxDtls>${details}</TxDtls></NtryDtls>${source.slice(to)}`;
}
