import { formatMoney, type PaymentOrder, type PaymentScheme } from '@tributary/domain';
import type { PaymentIntent } from '../../port/index.js';
import { refused } from '../client.js';
import type { TokenIoSettings } from '../settings.js';
import { instrumentByAccount, instrumentFor, type LocalInstrument, schemesOf } from './instruments.js';

const operation = 'initiatePayment';

/** The rail of an order. @throws ProviderError `unsupported` */
export function instrumentOf({ scheme, creditor, amount }: PaymentOrder, settings: TokenIoSettings): LocalInstrument {
  if (scheme !== undefined) {
    const instrument = instrumentFor(scheme);
    if (instrument !== undefined) return instrument;
    throw refused('unsupported', operation, `Token.io has no rail for the scheme ${scheme}.`);
  }
  if (settings.assumptions?.instrumentWithoutScheme === 'AUTO_SELECT') return 'AUTO_SELECT';
  const instrument = instrumentByAccount(creditor.account, amount.currency);
  if (instrument !== undefined) return instrument;
  throw refused('unsupported', operation, 'Token.io cannot pay into an account that is named in this way.');
}

/** The scheme that carries an order; undefined where Token.io chooses the rail. @throws ProviderError `unsupported` */
export function schemeFor(order: PaymentOrder, settings: TokenIoSettings): PaymentScheme | undefined {
  return schemesOf(instrumentOf(order, settings))[0];
}

/** What the creditor reads: one short reference, and a text beside it. */
export interface WireRemittance {
  readonly reference: string | undefined;
  readonly text: string | undefined;
}

/**
 * Token.io has no end-to-end id of its own but in the UK's metadata. An id that the app gave is carried as the reference
 * where nothing else stands there; one that cannot be carried is refused, never dropped.
 */
export function remittanceOf(order: PaymentOrder, settings: TokenIoSettings): WireRemittance {
  const { structured, unstructured } = order.remittance ?? {};
  const carried = isV1(order, settings) && carriesEndToEndId(order, settings);
  const own = order.endToEndIdIsOurs === true || carried ? undefined : order.endToEndId;
  if (own !== undefined && structured !== undefined && own !== structured) {
    throw refused(
      'unsupported',
      operation,
      'Token.io carries `endToEndId` or `remittance.structured`, not both: leave one out.',
    );
  }
  return { reference: structured ?? own, text: unstructured };
}

/** The two texts of payments v2, of which the first is required (35 characters, 18 over Faster Payments; 140). */
export function primaryAndSecondary(
  order: PaymentOrder,
  instrument: LocalInstrument,
  settings: TokenIoSettings,
  refId: string,
): { readonly primary: string; readonly secondary?: string } {
  const most = primaryLength(instrument);
  const { reference, text } = remittanceOf(order, settings);
  if (reference !== undefined) return { primary: reference, ...(text !== undefined && { secondary: text }) };
  if (text === undefined) return { primary: order.endToEndId.length <= most ? order.endToEndId : refId };
  return text.length <= most ? { primary: text } : { primary: refId, secondary: text };
}

export const primaryLength = (instrument: LocalInstrument): number => (instrument === 'FASTER_PAYMENTS' ? 18 : 35);

/** Standing orders exist in v1 only; everything else goes the way of the connection. */
export function isV1({ recurrence }: Pick<PaymentOrder, 'recurrence'>, { paymentsVersion }: TokenIoSettings): boolean {
  return recurrence !== undefined || paymentsVersion === 'v1';
}

/** Refuses an order that Token.io cannot carry, before anything is sent, naming the field. @throws ProviderError */
export function checkOrder({ order }: PaymentIntent, settings: TokenIoSettings): void {
  const instrument = instrumentOf(order, settings);
  const v1 = isV1(order, settings);
  const { recurrence } = order;
  if (order.amount.minor <= 0n) throw refused('rejected', operation, '`amount` must be more than nothing.');
  if (!/^\d+(\.\d{1,4})?$/.test(formatMoney(order.amount))) {
    throw refused('unsupported', operation, 'Token.io takes amounts with at most four decimals.');
  }
  if (recurrence?.frequency === 'monthlyVariable') {
    throw refused('unsupported', operation, 'Token.io has no `recurrence.frequency` monthlyVariable.');
  }
  if (recurrence?.executionRule !== undefined) {
    throw refused('unsupported', operation, 'Token.io leaves `recurrence.executionRule` to the bank: leave it out.');
  }
  if (v1 && instrument === 'AUTO_SELECT') {
    throw refused('unsupported', operation, 'Payments v1 leave no rail open: name the `scheme`.');
  }
  if (!v1 && order.debtor?.account !== undefined && order.debtor.name === undefined) {
    throw refused('rejected', operation, 'Token.io wants `debtor.name` beside `debtor.account`; or leave both out.');
  }
  const { reference, text } = remittanceOf(order, settings);
  const most = primaryLength(instrument);
  if (reference !== undefined && reference.length > most) {
    const what = order.remittance?.structured === undefined ? 'endToEndId' : 'remittance.structured';
    throw refused('rejected', operation, `\`${what}\` may have ${most} characters on this rail.`);
  }
  if (text !== undefined && text.length > 140) {
    throw refused('rejected', operation, '`remittance.unstructured` may have 140 characters.');
  }
}

/** Only the UK's standard (cma9) has room for an end-to-end id: to accounts of the UK, or where the defaults speak it anyway. */
export function carriesEndToEndId({ creditor }: PaymentOrder, { tokenRequestDefaults }: TokenIoSettings): boolean {
  return (
    creditor.account.scheme === 'sortCodeAccountNumber' ||
    JSON.stringify(tokenRequestDefaults ?? {}).includes('"cma9TransferMetadata"')
  );
}
