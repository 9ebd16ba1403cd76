import type { Big } from 'big.js';
import { xml } from '../../kit/xml.js';
import type { Bank } from '../bank.js';
import { available, ownerNameOf, type Account, type Transaction } from '../customer.js';
import { amountView } from '../money.js';
import { transactionElement } from './camt-transaction.js';
import type { Report } from './report.js';
import { periodOf, type Period } from './statement-period.js';

/** Names of the three bank-to-customer messages (ISO 20022, version 02 as banks in Germany use it). */
const MESSAGES = {
  '052': { version: 'camt.052.001.02', root: 'BkToCstmrAcctRpt', report: 'Rpt' },
  '053': { version: 'camt.053.001.02', root: 'BkToCstmrStmt', report: 'Stmt' },
  '054': { version: 'camt.054.001.02', root: 'BkToCstmrDbtCdtNtfctn', report: 'Ntfctn' },
} as const;
type CamtKind = keyof typeof MESSAGES;

/**
 * A report as camt XML: camt.053 for booked entries only, camt.052 when pending ones may be there, or what the profile
 * says.
 */
export function camtReport(bank: Bank, report: Report): string {
  const setting = bank.profile.camt;
  const kind = setting === 'auto' ? (report.query.bookingStatus === 'booked' ? '053' : '052') : setting;
  const { version, root, report: name } = MESSAGES[kind];
  const now = bank.now().toISOString();
  const period = periodOf(report);
  const id = `${kind}${now.replaceAll(/\D/g, '')}`;
  const body = [
    xml('Id', id),
    xml('ElctrncSeqNb', '1'),
    xml('CreDtTm', now),
    xml('FrToDt', [xml('FrDtTm', `${period.from}T00:00:00Z`), xml('ToDtTm', `${period.to}T23:59:59Z`)]),
    accountElement(report.account),
    ...balanceElements(kind, report.account, period),
    ...period.entries.toReversed().map((entry) => entryElement(report.account, entry, 'BOOK')),
    bank.profile.badRow ? badEntry() : '',
    ...report.pending.map((entry) => entryElement(report.account, entry, 'PDNG')),
  ];
  const header = xml('GrpHdr', [
    xml('MsgId', id),
    xml('CreDtTm', now),
    xml('MsgPgntn', [xml('PgNb', '1'), xml('LastPgInd', 'true')]),
  ]);
  const namespace = ` xmlns="urn:iso:std:iso:20022:tech:xsd:${version}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml('Document', [xml(root, [header, xml(name, body)])], namespace)}`;
}

function accountElement(account: Account): string {
  return xml('Acct', [
    xml('Id', [xml('IBAN', account.iban)]),
    xml('Ccy', account.currency),
    xml('Ownr', [xml('Nm', ownerNameOf(account))]),
    xml('Svcr', [xml('FinInstnId', [xml('BIC', account.bic)])]),
  ]);
}

/** A statement has what was booked before and after; a report of the day also what is available and expected. */
function balanceElements(kind: CamtKind, account: Account, { from, to, opening, closing }: Period): string[] {
  switch (kind) {
    case '053':
      return [balance(account, 'PRCD', opening, from), balance(account, 'CLBD', closing, to)];
    case '052':
      return [
        balance(account, 'OPBD', opening, from),
        balance(account, 'ITBD', account.booked, to),
        balance(account, 'ITAV', available(account), to),
        balance(account, 'XPCD', available(account), to),
      ];
    case '054':
      return [];
  }
}

function balance(account: Account, code: string, amount: Big, date: string): string {
  return xml('Bal', [
    xml('Tp', [xml('CdOrPrtry', [xml('Cd', code)])]),
    ...signedAmount(amount, account.currency),
    xml('Dt', [xml('Dt', date)]),
  ]);
}

function entryElement(account: Account, entry: Transaction, status: 'BOOK' | 'PDNG'): string {
  const [domain = '', family = '', subFamily = ''] = entry.bankTransactionCode.split('-');
  const parts = entry.parts ?? [entry];
  return xml('Ntry', [
    ...signedAmount(entry.amount, entry.currency),
    entry.reversal ? xml('RvslInd', 'true') : '',
    xml('Sts', status),
    entry.bookingDate === undefined ? '' : xml('BookgDt', [xml('Dt', entry.bookingDate)]),
    xml('ValDt', [xml('Dt', entry.valueDate)]),
    xml('AcctSvcrRef', status === 'BOOK' ? entry.entryReference : 'NONREF'),
    xml('BkTxCd', [
      xml('Domn', [xml('Cd', domain), xml('Fmly', [xml('Cd', family), xml('SubFmlyCd', subFamily)])]),
      entry.proprietaryBankTransactionCode === undefined
        ? ''
        : xml('Prtry', [xml('Cd', entry.proprietaryBankTransactionCode), xml('Issr', 'DK')]),
    ]),
    xml('NtryDtls', [
      entry.parts ? xml('Btch', [xml('NbOfTxs', String(entry.parts.length))]) : '',
      ...parts.map((part) => transactionElement(account, part)),
    ]),
  ]);
}

/** An entry that no bank should send and some do: a day that does not exist and a letter in the amount. */
function badEntry(): string {
  return xml('Ntry', [
    xml('Amt', '12,3O', ' Ccy="EUR"'),
    xml('CdtDbtInd', 'DBIT'),
    xml('Sts', 'BOOK'),
    xml('BookgDt', [xml('Dt', '2026-02-30')]),
    xml('AcctSvcrRef', 'BAD-1'),
  ]);
}

/** `Amt` has no sign; CdtDbtInd says the direction. */
function signedAmount(amount: Big, currency: string): string[] {
  return [
    xml('Amt', amountView(amount.abs(), currency).amount, ` Ccy="${currency}"`),
    xml('CdtDbtInd', amount.lt(0) ? 'DBIT' : 'CRDT'),
  ];
}
