import { Big } from 'big.js';
import { isValidIBAN } from 'ibantools';
import { Shape, ShapeError } from '../../kit/shape.js';
import { XmlError, childOf, parseXml, textAt, type XmlElement } from '../../kit/xml.js';
import type { Call } from '../call.js';
import type { Account } from '../customer.js';
import { decimalsOf } from '../money.js';
import { checkCurrency } from '../account-reference.js';
import { TppError, formatError } from '../tpp-error.js';
import { chargesOf } from './charges.js';
import { checkExecutionDate } from './execution-day.js';
import { findDebtor, orderOf } from './order-request.js';
import { PAIN_001, PAIN_001_RULE } from './pain-schema.js';
import type { PaymentOrder, Transfer } from './payment.js';
import type { PaymentService } from './services.js';
import { readPlan } from './standing-order.js';
import { assertCurrencyFits } from './transfer-request.js';
import { checkElement } from './xml-schema.js';

/** EPC customer-to-bank guidelines: what stands where nothing is meant. */
const NOT_PROVIDED = 'NOTPROVIDED';

/**
 * Reads a payment as pain.001.001.03; a periodic one as multipart/form-data with the parts `xml_sct` and
 * `json_standingorderType`.
 * @throws ShapeError or TppError naming the wrong element.
 */
export function readPainOrder(call: Call, service: PaymentService, product: string): PaymentOrder {
  const periodic = service === 'periodic-payments';
  const text = periodic ? call.part('xml_sct') : call.xml();
  const document = parseDocument(text);
  const message = childOf(document, 'CstmrCdtTrfInitn');
  const [header, information] = [childOf(message, 'GrpHdr'), childOf(message, 'PmtInf')];
  const debtor = readDebtor(call, information);
  const path = 'Document/CstmrCdtTrfInitn/PmtInf';
  const elements = information?.children.filter(({ name }) => name === 'CdtTrfTxInf') ?? [];
  if (service !== 'bulk-payments' && elements.length !== 1) {
    throw formatError(`${path}/CdtTrfTxInf`, `must stand once in ${service}`);
  }
  const transfers = elements.map((element, index) =>
    readTransfer(call, product, debtor, element, `${path}/CdtTrfTxInf[${index + 1}]`),
  );
  assertTotals(header, transfers, 'Document/CstmrCdtTrfInitn/GrpHdr');
  assertTotals(information, transfers, path);
  const standingOrder = periodic ? readStandingOrder(call.part('json_standingorderType')) : undefined;
  const date = readDate(call, information, periodic, `${path}/ReqdExctnDt`);
  const batch = textAt(information, 'BtchBookg') ?? 'false';
  return orderOf({
    service,
    product,
    debtor,
    transfers,
    batchBooking: service === 'bulk-payments' && (batch === 'true' || batch === '1'),
    requestedExecutionDate: date,
    plan: standingOrder && readPlan(standingOrder, call.bank.clock.today(), call.bank.profile.headers === 'strict'),
    wire: {
      format: 'xml',
      text,
      messageId: textAt(header, 'MsgId') ?? '',
      createdAt: textAt(header, 'CreDtTm') ?? '',
      paymentInformationId: textAt(information, 'PmtInfId') ?? '',
      standingOrder: standingOrder?.plain(),
    },
  });
}

function parseDocument(text: string): XmlElement {
  try {
    const document = parseXml(text);
    if (document.name !== 'Document' || document.namespace !== PAIN_001) {
      throw formatError('Document', `must be in the namespace ${PAIN_001}`);
    }
    checkElement(document, PAIN_001_RULE);
    return document;
  } catch (error) {
    throw error instanceof XmlError ? formatError('', `the body is not XML: ${error.message}`) : error;
  }
}

function readDebtor(call: Call, information: XmlElement | undefined): Account {
  const path = 'Document/CstmrCdtTrfInitn/PmtInf/DbtrAcct';
  const value = readIban(textAt(information, 'DbtrAcct/Id/IBAN'), `${path}/Id/IBAN`);
  const currency = textAt(information, 'DbtrAcct/Ccy');
  return findDebtor(call, { kind: 'iban', value, currency, wire: { iban: value } }, path);
}

function readTransfer(call: Call, product: string, debtor: Account, element: XmlElement, path: string): Transfer {
  const amountPath = `${path}/Amt/InstdAmt`;
  const amountElement = childOf(childOf(element, 'Amt'), 'InstdAmt');
  const currency = checkCurrency(amountElement?.attributes.get('Ccy') ?? '', amountPath);
  const amount = new Big(amountElement?.text.trim() ?? '');
  if (amount.lte(0) || !amount.eq(amount.round(decimalsOf(currency), Big.roundDown))) {
    throw new ShapeError(amountPath, `must be greater than zero, with the decimals of ${currency}`);
  }
  assertCurrencyFits(product, debtor, currency, amountPath);
  const iban = textAt(element, 'CdtrAcct/Id/IBAN');
  if (iban === undefined && product.includes('sepa-')) {
    throw formatError(`${path}/CdtrAcct/Id/IBAN`, 'is missing');
  }
  const creditorName = textAt(element, 'Cdtr/Nm');
  if (creditorName === undefined || creditorName.length > 70) {
    throw formatError(`${path}/Cdtr/Nm`, 'must have 1 to 70 characters');
  }
  const endToEnd = textAt(element, 'PmtId/EndToEndId');
  return {
    creditorName,
    creditorIban: iban === undefined ? undefined : readIban(iban, `${path}/CdtrAcct/Id/IBAN`),
    amount,
    currency,
    ...chargesOf(call.bank.profile.fees, product, debtor, amount, currency, amountPath),
    endToEndIdentification: endToEnd === NOT_PROVIDED ? undefined : endToEnd,
    instructionIdentification: textAt(element, 'PmtId/InstrId'),
    unstructured: textAt(element, 'RmtInf/Ustrd'),
    structured: textAt(element, 'RmtInf/Strd/CdtrRefInf/Ref'),
  };
}

/** NbOfTxs and CtrlSum are the sender's proof that nothing was lost. */
function assertTotals(element: XmlElement | undefined, transfers: readonly Transfer[], path: string): void {
  const count = textAt(element, 'NbOfTxs');
  if (count !== undefined && Number(count) !== transfers.length) {
    throw formatError(`${path}/NbOfTxs`, `is ${count}, but there are ${transfers.length} transfers`);
  }
  const sum = transfers.reduce((total, { amount }) => total.plus(amount), new Big(0));
  const control = textAt(element, 'CtrlSum');
  if (control !== undefined && !sum.eq(control)) {
    throw formatError(`${path}/CtrlSum`, `is ${control}, but the transfers add up to ${sum.toFixed()}`);
  }
}

function readStandingOrder(text: string): Shape {
  try {
    return Shape.of(JSON.parse(text), 'json_standingorderType');
  } catch (error) {
    throw error instanceof ShapeError ? error : formatError('json_standingorderType', 'is not JSON');
  }
}

/** Today and 1999-01-01 (EPC: as soon as possible) mean now; a periodic payment's days come from its plan. */
function readDate(
  call: Call,
  information: XmlElement | undefined,
  periodic: boolean,
  path: string,
): string | undefined {
  const date = textAt(information, 'ReqdExctnDt') ?? '';
  if (periodic || date === '1999-01-01') {
    return undefined;
  }
  return checkExecutionDate(call, date, path);
}

function readIban(iban: string | undefined, path: string): string {
  if (iban === undefined || !isValidIBAN(iban)) {
    throw new TppError(400, 'FORMAT_ERROR', `${path} is not a valid IBAN (with right check digits)`, path);
  }
  return iban;
}
