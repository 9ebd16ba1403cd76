import {
  anything,
  flag,
  lenient,
  list,
  listOrNone,
  named,
  type Read,
  record,
  text,
  textOrNumber,
  wholeNumber,
} from '../../kit/json.js';
import { eitherOf, oneOrMore } from '../wire.js';

const announced = record({
  startTime: lenient(text),
  endTime: lenient(text),
  type: lenient(text),
  productType: lenient(text),
});

const mandatory = record({
  products: listOrNone(text),
  fieldPaths: listOrNone(text),
  paymentTypes: listOrNone(text),
  localInstruments: listOrNone(text),
});
export type WireMandatory = Read<typeof mandatory>;

/** A bank of either list; which members are there tells which one it came from. */
export const bank = record({
  id: named,
  name: lenient(text),
  bic: lenient(text),
  logoUri: lenient(text),
  fullLogoUri: lenient(text),
  countries: listOrNone(text),
  scaMethods: lenient(oneOrMore(text)),
  // One window in older bulletins, a list today.
  maintenanceWindow: lenient(oneOrMore(announced)),
  mandatoryFields: lenient(eitherOf(list(mandatory), anything)),
  supportedLocalInstruments: lenient(list(text)),
  supportedTransferDestinationTypes: lenient(anything),
  transactionHistoryLimit: lenient(wholeNumber),
  supportsAccountList: lenient(flag),
  supportsAccountBalance: lenient(flag),
  supportsTransactionList: lenient(flag),
  supportsTransactionDetails: lenient(flag),
  supportsStandingOrderList: lenient(flag),
  supportsTransactionsDateFilter: lenient(flag),
  supportsAccountInformation: lenient(flag),
  supportsBalance: lenient(flag),
  supportsSinglePayment: lenient(flag),
  supportsSendPayment: lenient(flag),
  supportsScheduledPayment: lenient(flag),
  supportsStandingOrder: lenient(flag),
});
export type WireBank = Read<typeof bank>;

export const bankPage = record({
  banks: list(anything),
  paging: lenient(record({ totalCount: lenient(wholeNumber) })),
});

export const banksStatus = record({
  banksStatus: listOrNone(
    record({
      bankId: lenient(text),
      aisStatus: lenient(text),
      pisStatus: lenient(text),
      lastUpdatedAt: lenient(textOrNumber),
    }),
  ),
});
export type WireBankStatus = Read<typeof banksStatus>['banksStatus'][number];
