import type {
  AccountIdentifier,
  PaymentOrder,
  PaymentCreditor,
  PaymentDebtor,
  PostalAddress,
  Recurrence,
} from '@tributary/domain';
import { formatMoney, paymentFrequencies } from '@tributary/domain';
import { deriveReference } from '../../kit/reference.js';
import type { CallbackTarget, HeldPayment } from '../../port/index.js';
import { accountIdentifier, commonPayload, refIdForm, requestOptions } from '../request-parts.js';
import { refused } from '../client.js';
import type { TokenIoSettings } from '../settings.js';
import { settlementAccountFor } from './creditor.js';
import { carriesEndToEndId, instrumentOf, remittanceOf } from './order-check.js';
import { transferRails } from './instruments.js';
import { laidOver } from './v1-defaults.js';

/** Body of POST /token-requests for a payment or a standing order (v1). The defaults lie below what the order says. */
export function paymentRequest(
  payment: HeldPayment,
  settings: TokenIoSettings,
  connectionId: string,
  callback: CallbackTarget,
): object {
  const { order } = payment;
  const { reference, text } = remittanceOf(order, settings);
  const refId = deriveReference(connectionId, payment.id, refIdForm);
  const { requestOptions: optionDefaults, requestPayload: payloadDefaults } = settings.tokenRequestDefaults ?? {};
  const { recurrence } = order;
  const body =
    recurrence === undefined
      ? { transferBody: transferBody(payment, settings, refId, reference) }
      : { standingOrderBody: standingOrderBody(payment, recurrence, settings, refId, reference) };
  const payload = {
    ...commonPayload(settings, { refId, callback }),
    ...(text !== undefined && { description: text }),
    ...(settings.disableFutureDatedPaymentConversion !== undefined && {
      disableFutureDatedPaymentConversion: settings.disableFutureDatedPaymentConversion,
    }),
    ...body,
  };
  return {
    requestOptions: laidOver(optionDefaults, requestOptions(payment.institutionReference)),
    requestPayload: laidOver(withoutOther(payloadDefaults, Object.keys(body)[0] ?? ''), payload),
  };
}

/** Exactly one of the bodies may stand in a request. */
function withoutOther(defaults: object | undefined, kept: string): object | undefined {
  if (defaults === undefined) return undefined;
  const others = ['transferBody', 'standingOrderBody', 'accessBody'].filter((name) => name !== kept);
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !others.includes(name)));
}

function transferBody(
  payment: HeldPayment,
  settings: TokenIoSettings,
  refId: string,
  reference: string | undefined,
): object {
  const { order } = payment;
  const { confirmFunds, returnRefundAccount } = settings;
  return {
    currency: order.amount.currency,
    lifetimeAmount: formatMoney(order.amount),
    instructions: instructions(payment, settings, refId),
    ...(order.executionDate !== undefined && { executionDate: order.executionDate }),
    ...(reference !== undefined && { remittanceReference: reference }),
    ...(confirmFunds !== undefined && { confirmFunds }),
    ...(returnRefundAccount !== undefined && { returnRefundAccount }),
  };
}

function standingOrderBody(
  payment: HeldPayment,
  recurrence: Recurrence,
  settings: TokenIoSettings,
  refId: string,
  reference: string | undefined,
): object {
  const { order } = payment;
  const { returnRefundAccount } = settings;
  return {
    amount: formatMoney(order.amount),
    currency: order.amount.currency,
    frequency: paymentFrequencies[recurrence.frequency].iso,
    startDate: firstDay(recurrence),
    ...(recurrence.endDate !== undefined && { endDate: recurrence.endDate }),
    instructions: instructions(payment, settings, refId),
    ...(reference !== undefined && { remittanceReference: reference }),
    ...(returnRefundAccount !== undefined && { returnRefundAccount }),
  };
}

/** They have a first day and no day of the month: of the days from `startDate` on, the first that is it. */
export function firstDay({ startDate, dayOfExecution }: Recurrence): string {
  if (dayOfExecution === undefined) return startDate;
  const [year = 0, month = 1, day = 1] = startDate.split('-').map(Number);
  for (const ahead of [0, 1]) {
    const last = new Date(Date.UTC(year, month + ahead, 0)).getUTCDate();
    const wanted = Math.min(dayOfExecution, last);
    if (ahead === 0 && wanted < day) continue;
    return new Date(Date.UTC(year, month - 1 + ahead, wanted)).toISOString().slice(0, 10);
  }
  return startDate;
}

function instructions({ order, institutionReference }: HeldPayment, settings: TokenIoSettings, refId: string): object {
  const { debtor } = order;
  return {
    ...(debtor?.account !== undefined && { source: sourceOf(debtor, debtor.account, institutionReference, settings) }),
    transferDestinations: [destinationOf({ order, institutionReference, settings })],
    ...(carriesEndToEndId(order, settings) && {
      metadata: {
        providerTransferMetadata: {
          cma9TransferMetadata: { endToEndIdentification: order.endToEndId, instructionIdentification: refId },
        },
      },
    }),
  };
}

function sourceOf(
  { name }: PaymentDebtor,
  account: AccountIdentifier,
  bankId: string,
  settings: TokenIoSettings,
): object {
  return {
    accountIdentifier: accountIdentifier(account),
    bankId,
    ...(name !== undefined && { customerData: { legalNames: legalNames(name, settings) } }),
  };
}

function destinationOf({
  order,
  settings,
}: {
  readonly order: PaymentOrder;
  readonly institutionReference: string;
  readonly settings: TokenIoSettings;
}): object {
  const { creditor } = order;
  const instrument = instrumentOf(order, settings);
  const virtual = settlementAccountFor(creditor, settings);
  if (virtual !== undefined) return { virtualAccount: { id: virtual.id, localInstrument: instrument } };
  if (instrument === 'AUTO_SELECT') {
    throw refused('unsupported', 'initiatePayment', 'Payments v1 leave no rail open: name the `scheme` of the order.');
  }
  return {
    [transferRails[instrument]]: railAccount(creditor, instrument),
    customerData: {
      legalNames: legalNames(creditor.name, settings),
      ...(creditor.address !== undefined && { address: addressInfo(creditor.address) }),
    },
  };
}

function railAccount({ account, agent }: PaymentCreditor, instrument: string): object {
  const { scheme, value } = account;
  // The national number of Poland is its IBAN without the country.
  if (instrument === 'ELIXIR') return { accountNumber: scheme === 'iban' ? value.slice(2) : value };
  const bic = agent?.bic === undefined ? {} : { bic: agent.bic };
  switch (scheme) {
    case 'iban':
      return { iban: value, ...bic };
    case 'sortCodeAccountNumber':
      return { sortCode: value.slice(0, 6), accountNumber: value.slice(6) };
    case 'bankgiro':
      return { bankgiroNumber: value };
    case 'plusgiro':
      return { plusgiroNumber: value };
    case 'bban':
    case 'maskedPan':
    case 'pan':
    case 'msisdn':
    case 'other':
      return { bban: value, ...bic };
  }
}

/** Schema AddressInfo. */
function addressInfo({ streetName, buildingNumber, townName, postCode, country }: PostalAddress): object {
  return Object.fromEntries(
    Object.entries({ street: streetName, houseNumber: buildingNumber, city: townName, postCode, country }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/** A list in the schema, one text in the samples of the reference. */
function legalNames(name: string, { assumptions }: TokenIoSettings): string | readonly string[] {
  return assumptions?.legalNames === 'text' ? name : [name];
}
