import {
  type AccountIdentifier,
  type AnyOrder,
  type BulkItem,
  formatMoney,
  isBulk,
  type PaymentCreditor,
  type Remittance,
} from '@tributary/domain';
import { XMLBuilder } from 'fast-xml-parser';
import type { PaymentProduct } from '../payments/products.js';

type Transfer = Pick<BulkItem, 'amount' | 'creditor' | 'endToEndId' | 'remittance'>;
/** An element: names in the order of the schema; one without a value is left out. */
type Element = Readonly<Record<string, unknown>>;

/** What a message has besides the order. Everything in it is the same when the message is built again. */
export interface PainHeader {
  /** Of the message and of its one payment information; at most 33 characters. */
  readonly messageId: string;
  readonly createdAt: Date;
  /** Bank date, for an order that names none. */
  readonly today: string;
  /** Our name; absent: the debtor's. */
  readonly initiatingParty?: string | undefined;
  /** Of the bank that holds the debtor's account. */
  readonly debtorAgentBic?: string | undefined;
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true });

/**
 * A customer credit transfer initiation, pain.001.001.03 (ISO 20022 message definition report; SEPA as the EPC's customer-to-bank
 * guidelines EPC132-08 restrict it): one payment information with one transfer, or with those of a bulk. The order was checked.
 */
export function pain001(order: AnyOrder, product: PaymentProduct, header: PainHeader): string {
  const { debtor, amount } = order;
  const transfers: readonly Transfer[] = isBulk(order) ? order.items : [order];
  const sums = { NbOfTxs: transfers.length, CtrlSum: formatMoney(amount) };
  const message = {
    GrpHdr: {
      MsgId: header.messageId,
      CreDtTm: header.createdAt.toISOString(),
      ...sums,
      InitgPty: { Nm: header.initiatingParty ?? orNothing(debtor?.name) },
    },
    PmtInf: {
      PmtInfId: `${header.messageId}-1`,
      PmtMtd: 'TRF',
      BtchBookg: isBulk(order) ? order.batchBooking : undefined,
      ...sums,
      PmtTpInf: paymentType(product),
      ReqdExctnDt: executionDay(order) ?? header.today,
      Dbtr: { Nm: orNothing(debtor?.name) },
      DbtrAcct: debtor?.account && { Id: account(debtor.account) },
      DbtrAgt: { FinInstnId: agentId(header.debtorAgentBic) },
      // SEPA knows one way of sharing charges (EPC SCT rulebook, section 2.5).
      ChrgBr: product.serviceLevel === 'SEPA' ? 'SLEV' : undefined,
      CdtTrfTxInf: transfers.map(creditTransfer),
    },
  };
  const root = { '@xmlns': 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.03', CstmrCdtTrfInitn: message };
  const document = { '?xml': { '@version': '1.0', '@encoding': 'UTF-8' }, Document: root };
  return builder.build(withoutGaps(document));
}

function executionDay(order: AnyOrder): string | undefined {
  return order.executionDate ?? (isBulk(order) ? undefined : order.recurrence?.startDate);
}

function paymentType({ serviceLevel, localInstrument }: PaymentProduct): Element | undefined {
  if (serviceLevel === undefined && localInstrument === undefined) return undefined;
  return { SvcLvl: serviceLevel && { Cd: serviceLevel }, LclInstrm: localInstrument && { Cd: localInstrument } };
}

function creditTransfer({ amount, creditor, endToEndId, remittance }: Transfer): Element {
  return {
    PmtId: { EndToEndId: endToEndId },
    Amt: { InstdAmt: { '@Ccy': amount.currency, '#text': formatMoney(amount) } },
    CdtrAgt: creditorAgent(creditor),
    Cdtr: { Nm: creditor.name, PstlAdr: address(creditor) },
    CdtrAcct: { Id: account(creditor.account) },
    RmtInf: remittanceInformation(remittance),
  };
}

function creditorAgent({ agent }: PaymentCreditor): Element | undefined {
  const name = orNothing(agent?.name);
  if (agent === undefined || (agent.bic === undefined && name === undefined)) return undefined;
  return { FinInstnId: { BIC: agent.bic, Nm: name, PstlAdr: agent.country && { Ctry: agent.country } } };
}

function address({ address: given }: PaymentCreditor): Element | undefined {
  return (
    given && {
      StrtNm: orNothing(given.streetName),
      BldgNb: orNothing(given.buildingNumber),
      PstCd: orNothing(given.postCode),
      TwnNm: orNothing(given.townName),
      Ctry: given.country,
    }
  );
}

/** BBAN is the one code of ISO 20022 (ExternalAccountIdentification1Code) for what is no IBAN. */
function account({ scheme, value }: AccountIdentifier): Element {
  if (scheme === 'iban') return { IBAN: value };
  const code = scheme === 'bban' || scheme === 'sortCodeAccountNumber' ? { Cd: 'BBAN' } : undefined;
  return { Othr: { Id: value, SchmeNm: code } };
}

/** A bank whose BIC is not known is said to be not provided (EPC132-08, AT-D002). */
function agentId(bic: string | undefined): Element {
  return bic === undefined ? { Othr: { Id: 'NOTPROVIDED' } } : { BIC: bic };
}

function remittanceInformation({ unstructured, structured }: Remittance = {}): Element | undefined {
  const Ustrd = orNothing(unstructured);
  const reference = orNothing(structured);
  if (Ustrd === undefined && reference === undefined) return undefined;
  const Strd = reference && { CdtrRefInf: { Tp: { CdOrPrtry: { Cd: 'SCOR' } }, Ref: reference } };
  return { Ustrd, Strd };
}

/** The schema has no empty texts. */
function orNothing(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutGaps);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutGaps(member)]));
}
