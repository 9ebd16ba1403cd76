import type { Money } from '@tributary/domain';
import { MalformedAnswer } from '../../kit/json.js';
import { parseXml, type XmlElement } from '../../kit/xml.js';
import { moneyOf } from '../accounts/account-reference.js';

/** What of an initiation is compared with the order. */
export interface PainCopy {
  /** Of each transfer. */
  readonly amounts: readonly Money[];
  /** Of the only transfer; undefined where there are several. */
  readonly creditorAccount: string | undefined;
}

/**
 * Reads a pain.001 message as the bank gives it back.
 * @throws MalformedAnswer, MoneyError
 */
export function readPain001(xml: string): PainCopy {
  const message = parseXml(xml).at('CstmrCdtTrfInitn');
  if (message === undefined) throw new MalformedAnswer('', 'a pain.001 message');
  const transfers = message.all('PmtInf').flatMap((part) => part.all('CdtTrfTxInf'));
  const [only, ...others] = transfers;
  const id = others.length === 0 ? only?.at('CdtrAcct', 'Id') : undefined;
  return {
    amounts: transfers.map(amountOf),
    creditorAccount: id?.at('IBAN')?.text ?? id?.at('Othr', 'Id')?.text,
  };
}

function amountOf(transfer: XmlElement): Money {
  const amount = transfer.at('Amt', 'InstdAmt');
  const currency = amount?.attribute('Ccy');
  if (amount?.text === undefined || currency === undefined) {
    throw new MalformedAnswer('CdtTrfTxInf', 'a transfer with an instructed amount');
  }
  return moneyOf({ amount: amount.text, currency });
}
