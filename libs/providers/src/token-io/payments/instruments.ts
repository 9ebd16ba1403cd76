import type { AccountIdentifier, PaymentScheme } from '@tributary/domain';

/** Rails of payments v2 (schema LocalInstrument). */
export const localInstruments = [
  'SEPA',
  'SEPA_INSTANT',
  'FASTER_PAYMENTS',
  'ELIXIR',
  'EU_DOMESTIC_NON_EURO',
  'EU_DOMESTIC_NON_EURO_INSTANT',
  'BANKGIRO',
  'PLUSGIRO',
  'AUTO_SELECT',
] as const;
export type LocalInstrument = (typeof localInstruments)[number];

/** The schemes that each rail stands for. AUTO_SELECT leaves the choice to Token.io and so is no scheme. */
const schemes = {
  SEPA: ['SEPA_CREDIT_TRANSFER'],
  SEPA_INSTANT: ['SEPA_INSTANT'],
  FASTER_PAYMENTS: ['FASTER_PAYMENTS'],
  ELIXIR: ['ELIXIR'],
  EU_DOMESTIC_NON_EURO: ['DOMESTIC'],
  EU_DOMESTIC_NON_EURO_INSTANT: ['DOMESTIC_INSTANT'],
  BANKGIRO: ['BANKGIRO'],
  PLUSGIRO: ['PLUSGIRO'],
  AUTO_SELECT: [],
} as const satisfies Record<LocalInstrument, readonly PaymentScheme[]>;

/** Rails of payments v1 are the same in other spelling (keys of TransferDestination). */
export const transferRails = {
  SEPA: 'sepa',
  SEPA_INSTANT: 'sepaInstant',
  FASTER_PAYMENTS: 'fasterPayments',
  ELIXIR: 'elixir',
  EU_DOMESTIC_NON_EURO: 'euDomesticNonEuro',
  EU_DOMESTIC_NON_EURO_INSTANT: 'euDomesticNonEuroInstant',
  BANKGIRO: 'bankgiro',
  PLUSGIRO: 'plusgiro',
} as const satisfies Record<Exclude<LocalInstrument, 'AUTO_SELECT'>, string>;

export function schemesOf(instrument: string): readonly PaymentScheme[] {
  return isLocalInstrument(instrument) ? schemes[instrument] : [];
}

/** The rail of a scheme that an order names; undefined where no rail carries it. */
export function instrumentFor(scheme: string): LocalInstrument | undefined {
  return localInstruments.find((instrument) => schemesOf(instrument).some((one) => one === scheme));
}

/** The rail that goes with an account and a currency, for an order that names no scheme. */
export function instrumentByAccount(account: AccountIdentifier, currency: string): LocalInstrument | undefined {
  switch (account.scheme) {
    case 'bankgiro':
      return 'BANKGIRO';
    case 'plusgiro':
      return 'PLUSGIRO';
    case 'sortCodeAccountNumber':
      return 'FASTER_PAYMENTS';
    case 'iban':
      if (currency === 'EUR') return 'SEPA';
      return currency === 'PLN' ? 'ELIXIR' : 'EU_DOMESTIC_NON_EURO';
    case 'bban':
      return currency === 'PLN' ? 'ELIXIR' : 'EU_DOMESTIC_NON_EURO';
    case 'maskedPan':
    case 'pan':
    case 'msisdn':
    case 'other':
      return undefined;
  }
}

function isLocalInstrument(word: string): word is LocalInstrument {
  return localInstruments.some((one) => one === word);
}
