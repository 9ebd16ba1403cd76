import type { Bank, LocalInstrument, Maintenance } from './bank.js';

/** v1's names of the rails. */
const DESTINATIONS: Readonly<Record<LocalInstrument, string | undefined>> = {
  SEPA: 'SEPA',
  SEPA_INSTANT: 'SEPA_INSTANT',
  FASTER_PAYMENTS: 'FASTER_PAYMENTS',
  ELIXIR: 'ELIXIR',
  EU_DOMESTIC_NON_EURO: 'EU_DOMESTIC_NON_EURO',
  EU_DOMESTIC_NON_EURO_INSTANT: 'EU_DOMESTIC_NON_EURO_INSTANT',
  BANKGIRO: 'BANKGIRO',
  PLUSGIRO: 'PLUSGIRO',
  AUTO_SELECT: undefined,
};

export function destinationTypes(bank: Bank): string[] {
  return bank.localInstruments.flatMap((instrument) => DESTINATIONS[instrument] ?? []);
}

/** A bank in the first version of the directory. */
export function bankV1View(bank: Bank, base: string): Record<string, unknown> {
  const { capabilities: can } = bank;
  const debtorPath = 'transfer_body.instructions.source.account_identifier';
  return {
    id: bank.id,
    name: bank.name,
    bic: bank.bic,
    identifier: bank.countries[0] === 'DE' ? '99900000' : '',
    logoUri: `${base}/ui/logo/square.svg`,
    fullLogoUri: `${base}/ui/logo/full.svg`,
    countries: bank.countries,
    provider: 'Token.io',
    bankGroup: bank.group,
    openBankingStandard: bank.standard,
    operationalTime: 'MON to SUN, 00:00 to 24:00 GMT+1',
    requiresExternalAuth: bank.approach === 'redirect',
    requiresOneStepPayment: can.requiresOneStepPayment,
    supportsBalance: can.supportsAccountBalance,
    supportsFundsConfirmation: can.supportsFundsConfirmation,
    supportsAccountInformation: can.supportsAccountList,
    supportsReceivePayment: true,
    supportsReturnRefundAccount: can.supportsReturnRefundAccount,
    supportsScheduledPayment: can.supportsScheduledPayment,
    supportsSendPayment: can.supportsSinglePayment,
    supportsStandingOrder: can.supportsStandingOrder,
    supportsTransactionsDateFilter: can.supportsTransactionsDateFilter,
    supportsSinglePayment: can.supportsSinglePayment,
    supportsVariableRecurringPayment: can.supportsVariableRecurringPayment,
    supportedTransferDestinationTypes: destinationTypes(bank),
    credentialFields: { fields: credentialFields(bank) },
    mandatoryFields: {
      transfer: { domestic: { fields: bank.mandatory.length > 0 ? [debtorPath] : [] }, international: { fields: [] } },
      access: { domestic: { fields: [] }, international: { fields: [] } },
      standingOrder: { domestic: { fields: [] }, international: { fields: [] } },
    },
    fieldsFormatInformation: bank.remittancePattern
      ? [{ name: 'description', path: 'description', constraint: bank.remittancePattern }]
      : [],
    maintenanceWindow: bank.maintenance.map(maintenanceView),
    scaMethods: bank.scaMethods,
    transactionHistoryLimit: bank.transactionHistoryLimit,
  };
}

/** A bank in the second version of the directory. */
export function bankV2View(bank: Bank, base: string): Record<string, unknown> {
  return {
    id: bank.id,
    bic: bank.bic,
    name: bank.name,
    logoUri: `${base}/ui/logo/full.svg`,
    bankGroup: bank.group,
    bankSubGroup: bank.subGroup,
    countries: bank.countries,
    openBankingStandard: bank.standard,
    ...initialFields(bank),
    mandatoryFields: bank.mandatory.map(({ path, localInstruments }) => ({
      products: ['SIP'],
      fieldPaths: [path],
      paymentTypes: ['Domestic'],
      localInstruments,
    })),
    maintenanceWindow: bank.maintenance.map(maintenanceView),
    scaMethods: bank.scaMethods,
    fieldsFormatInformation: bank.remittancePattern
      ? [
          {
            v2Name: 'remittanceInformationPrimary',
            v2Path: 'initiation.remittanceInformationPrimary',
            constraint: bank.remittancePattern,
          },
        ]
      : [],
    supportedLocalInstruments: bank.localInstruments,
    operationalTime: 'MON to SUN, 00:00 to 24:00 GMT+1',
    transactionHistoryLimit: bank.transactionHistoryLimit,
    ...bank.capabilities,
    supportsSendPayment: bank.capabilities.supportsSinglePayment,
    supportsReceivePayment: true,
  };
}

/** One field, not a list: that is how the specification types it. */
function initialFields({ approach }: Bank): Record<string, unknown> {
  return approach === 'redirect'
    ? {}
    : { initialEmbeddedAuthFields: { type: 'FIELD', id: 'username', displayName: 'User name' } };
}

function credentialFields({ approach }: Bank): Record<string, unknown>[] {
  const username = { id: 'username', displayName: 'User name', type: 'FIELD' };
  switch (approach) {
    case 'redirect':
      return [];
    case 'decoupled':
      return [username];
    case 'embedded':
      return [username, { id: 'pin', displayName: 'PIN', type: 'PASSWORD' }];
  }
}

function maintenanceView({ startTime, endTime, type, productType }: Maintenance): Record<string, unknown> {
  return { startTime, endTime, type, productType };
}
