import { xml } from '../../kit/xml.js';
import { ownerNameOf, type Account, type Transaction } from '../customer.js';
import { amountView } from '../money.js';

/** TxDtls of camt: one transaction inside an entry. */
export function transactionElement(account: Account, entry: Omit<Transaction, 'bookingDate'>): string {
  const { exchange } = entry;
  return xml('TxDtls', [
    xml('Refs', [
      xml('AcctSvcrRef', entry.entryReference),
      xml('EndToEndId', entry.endToEndId ?? 'NOTPROVIDED'),
      xml('TxId', entry.id.slice(0, 35)),
      xml('MndtId', entry.mandateId),
    ]),
    xml('AmtDtls', [
      xml('TxAmt', [
        xml('Amt', amountView(entry.amount.abs(), entry.currency).amount, ` Ccy="${entry.currency}"`),
        exchange
          ? xml('CcyXchg', [
              xml('SrcCcy', exchange.sourceCurrency),
              xml('TrgtCcy', exchange.targetCurrency),
              xml('UnitCcy', exchange.sourceCurrency),
              xml('XchgRate', exchange.rate.round(10).toFixed()),
            ])
          : '',
      ]),
    ]),
    parties(account, entry),
    entry.purposeCode === undefined ? '' : xml('Purp', [xml('Cd', entry.purposeCode)]),
    remittance(entry),
  ]);
}

/** Both sides: the account's owner and the counterparty. */
function parties(account: Account, entry: Omit<Transaction, 'bookingDate'>): string {
  const own = { name: ownerNameOf(account), iban: account.iban, id: undefined };
  const other = { name: entry.counterpartyName, iban: entry.counterpartyIban, id: entry.creditorId };
  const [debtor, creditor] = entry.amount.lt(0) ? [own, other] : [other, own];
  if (other.name === undefined && other.iban === undefined) {
    return '';
  }
  const side = (name: string, party: typeof own | typeof other) => [
    xml(name, [
      xml('Nm', party.name),
      party.id === undefined ? '' : xml('Id', [xml('PrvtId', [xml('Othr', [xml('Id', party.id)])])]),
    ]),
    party.iban === undefined ? '' : xml(`${name}Acct`, [xml('Id', [xml('IBAN', party.iban)])]),
  ];
  return xml('RltdPties', [...side('Dbtr', debtor), ...side('Cdtr', creditor)]);
}

function remittance({ unstructured, structured }: Omit<Transaction, 'bookingDate'>): string {
  if (unstructured === undefined && structured === undefined) {
    return '';
  }
  const reference = structured === undefined ? '' : xml('Strd', [xml('CdtrRefInf', [xml('Ref', structured)])]);
  return xml('RmtInf', [xml('Ustrd', unstructured), reference]);
}
