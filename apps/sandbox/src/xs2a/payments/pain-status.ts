import { xml } from '../../kit/xml.js';
import type { Bank } from '../bank.js';
import type { ExecutedTransfer, Payment, Transfer } from './payment.js';
import type { PainWire } from './payment-wire.js';
import { REASON_WORDS } from './rejection-rules.js';

const PAIN_002 = 'urn:iso:std:iso:20022:tech:xsd:pain.002.001.03';

/**
 * The status as pain.002.001.03, CustomerPaymentStatusReport. The status of the whole stands in GrpSts, or with the
 * profile's `painStatus: transactions` only at the transfers (TxSts), as some banks do.
 */
export function painStatus(bank: Bank, payment: Payment, wire: PainWire, status: string): string {
  const { forcedStatus } = payment.arrangement;
  const bare = bank.profile.painStatus === 'transactions';
  const totals = [xml('OrgnlNbOfTxs', String(payment.transfers.length)), xml('OrgnlCtrlSum', payment.amount.toFixed())];
  const reason = reasonElement(payment.reason?.slice(0, 4));
  const transfers = payment.executions[0]?.transfers ?? payment.transfers;
  const report = [
    xml('GrpHdr', [
      xml('MsgId', `S${payment.id.replaceAll('-', '')}`),
      xml('CreDtTm', bank.now().toISOString()),
      xml('DbtrAgt', [xml('FinInstnId', [xml('BIC', payment.debtor.bic)])]),
    ]),
    xml('OrgnlGrpInfAndSts', [
      xml('OrgnlMsgId', wire.messageId),
      xml('OrgnlMsgNmId', 'pain.001.001.03'),
      xml('OrgnlCreDtTm', wire.createdAt),
      ...totals,
      ...(bare ? [] : [xml('GrpSts', status), reason]),
    ]),
    xml('OrgnlPmtInfAndSts', [
      xml('OrgnlPmtInfId', wire.paymentInformationId),
      ...totals,
      ...(bare ? [] : [xml('PmtInfSts', status)]),
      ...transfers.map((transfer) => transferElement(transfer, forcedStatus ?? ownStatus(transfer) ?? status)),
    ]),
  ];
  const body = xml('Document', [xml('CstmrPmtStsRpt', report)], ` xmlns="${PAIN_002}"`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
}

function transferElement(transfer: Transfer | ExecutedTransfer, status: string): string {
  return xml('TxInfAndSts', [
    xml('OrgnlInstrId', transfer.instructionIdentification),
    xml('OrgnlEndToEndId', transfer.endToEndIdentification ?? 'NOTPROVIDED'),
    xml('TxSts', status),
    reasonElement('reasonCode' in transfer ? transfer.reasonCode : undefined),
  ]);
}

function ownStatus(transfer: Transfer | ExecutedTransfer): string | undefined {
  return 'status' in transfer ? transfer.status : undefined;
}

function reasonElement(code: string | undefined): string {
  return code === undefined
    ? ''
    : xml('StsRsnInf', [xml('Rsn', [xml('Cd', code)]), xml('AddtlInf', REASON_WORDS[code])]);
}
