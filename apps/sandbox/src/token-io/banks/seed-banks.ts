import type { Bank, BankCapabilities } from './bank.js';

const ISO = { accepted: 'ACSP', settled: 'ACSC', rejected: 'RJCT' };
const OBIE = {
  accepted: 'AcceptedSettlementInProcess',
  settled: 'AcceptedSettlementCompleted',
  rejected: 'Rejected',
};

const ALL: BankCapabilities = {
  supportsAccountList: true,
  supportsAccountDetails: true,
  supportsAccountBalance: true,
  supportsTransactionList: true,
  supportsTransactionDetails: true,
  supportsStandingOrderList: true,
  supportsTransactionsDateFilter: true,
  requiresOneStepPayment: false,
  supportsSinglePayment: true,
  supportsScheduledPayment: true,
  supportsStandingOrder: true,
  supportsReturnRefundAccount: true,
  supportsFundsConfirmation: true,
  supportsVariableRecurringPayment: false,
};

type Plan = Partial<Omit<Bank, 'id' | 'name' | 'capabilities'>> & { capabilities?: Partial<BankCapabilities> };

/** The banks of a fresh hub. Those whose id begins with `mock-` have amounts with an end of their own. */
export function seedBanks(): Bank[] {
  return [
    plan('mock-redirect', 'Mock Bank (redirect)', {
      countries: ['DE', 'GB'],
      currencies: ['EUR', 'GBP'],
      localInstruments: ['SEPA', 'SEPA_INSTANT', 'FASTER_PAYMENTS', 'AUTO_SELECT'],
    }),
    plan('mock-one-step', 'Mock Bank (one step)', { capabilities: { requiresOneStepPayment: true } }),
    plan('mock-embedded', 'Mock Bank (embedded)', {
      approach: 'embedded',
      scaMethods: ['EMBEDDED_MULTI_STEP'],
      mandatory: [{ path: 'initiation.debtor', localInstruments: ['SEPA', 'SEPA_INSTANT'] }],
    }),
    plan('mock-decoupled', 'Mock Bank (decoupled)', { approach: 'decoupled', scaMethods: ['DECOUPLED'] }),
    plan('mock-nordic', 'Mock Nordic Bank', {
      countries: ['SE'],
      currencies: ['SEK'],
      localInstruments: ['EU_DOMESTIC_NON_EURO', 'EU_DOMESTIC_NON_EURO_INSTANT', 'BANKGIRO', 'PLUSGIRO', 'AUTO_SELECT'],
    }),
    plan('mock-poor', 'Mock Bank (accounts only)', {
      countries: ['FR'],
      standard: 'STET_PSD2_API',
      localInstruments: [],
      transactionHistoryLimit: 90,
      capabilities: {
        supportsTransactionDetails: false,
        supportsStandingOrderList: false,
        supportsTransactionsDateFilter: false,
        supportsSinglePayment: false,
        supportsScheduledPayment: false,
        supportsStandingOrder: false,
        supportsReturnRefundAccount: false,
        supportsFundsConfirmation: false,
      },
    }),
    plan('mbank', 'mBank', {
      countries: ['PL'],
      currencies: ['PLN'],
      standard: 'PolishApi',
      localInstruments: ['ELIXIR'],
      scenarios: false,
      mandatory: [{ path: 'initiation.debtor', localInstruments: ['ELIXIR'] }],
      capabilities: { supportsScheduledPayment: false, supportsReturnRefundAccount: false },
    }),
    plan('ngp-cbi-07601-annex', 'Poste Italiane', {
      countries: ['IT'],
      approach: 'decoupled',
      scaMethods: ['DECOUPLED'],
      scenarios: false,
      capabilities: { supportsFundsConfirmation: false },
    }),
    plan('ob-modelo', 'Modelo Bank', {
      countries: ['GB'],
      currencies: ['GBP', 'EUR'],
      standard: 'UK_Open_Banking_Standard',
      localInstruments: ['FASTER_PAYMENTS', 'SEPA'],
      scenarios: false,
      words: OBIE,
      remittancePattern: String.raw`^[A-Za-z0-9 &\-./]{1,35}$`,
      capabilities: { requiresOneStepPayment: true, supportsVariableRecurringPayment: true },
    }),
  ].map((bank, index) => ({ ...bank, rank: index + 1, bic: bicOf(bank, index) }));
}

function plan(id: string, name: string, { capabilities, ...rest }: Plan): Bank {
  return {
    id,
    name,
    bic: '',
    group: `${name.split(' ')[0]}-Group`,
    subGroup: '',
    countries: ['DE'],
    currencies: ['EUR'],
    standard: 'NextGenPsd2',
    approach: 'redirect',
    scaMethods: ['REDIRECT'],
    localInstruments: ['SEPA', 'SEPA_INSTANT', 'AUTO_SELECT'],
    mandatory: [],
    transactionHistoryLimit: -1,
    maintenance: [],
    scenarios: true,
    words: ISO,
    status: { ais: 'LIVE', pis: 'LIVE', sinceMs: 0 },
    outOfHours: false,
    rank: 0,
    ...rest,
    capabilities: { ...ALL, ...capabilities },
  };
}

/** Eight characters that look like a BIC, different for each bank: three letters of the name, one by position, the country, a place. */
function bicOf({ name, countries }: Bank, index: number): string {
  const letters = name.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return `${letters.slice(0, 3)}${String.fromCodePoint(65 + index)}${countries[0] ?? 'DE'}2X`;
}
