import { ok, type Answer } from '../answer.js';
import { fieldError, notFound } from '../api-error.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { numberedPage } from '../pages.js';
import type { Bank, BankCapabilities } from './bank.js';
import { bankV1View, bankV2View, destinationTypes } from './bank-view.js';

/** The directory in both versions, and what is known of the banks' health. */
export const bankEndpoints: readonly Endpoint[] = [
  { operation: 'banks.list', method: 'GET', path: '/banks', handle: listV1 },
  { operation: 'banks.countries', method: 'GET', path: '/bank/countries', handle: listCountries },
  { operation: 'banks.listV2', method: 'GET', path: '/v2/banks', errors: 'coded', handle: listV2 },
  { operation: 'reports.banks', method: 'GET', path: '/reports/banks/status', handle: reportAll },
  { operation: 'reports.bank', method: 'GET', path: '/reports/banks/:bankId/status', handle: reportOne },
];

/** v1's filters by feature: `bank_features.{name}.value=true`. */
const FEATURES: Readonly<Record<string, (bank: Bank) => boolean>> = {
  supports_send_payment: ({ capabilities }) => capabilities.supportsSinglePayment,
  supports_receive_payment: () => true,
  supports_balance: ({ capabilities }) => capabilities.supportsAccountBalance,
  supports_scheduled_payment: ({ capabilities }) => capabilities.supportsScheduledPayment,
  supports_standing_order: ({ capabilities }) => capabilities.supportsStandingOrder,
  requires_one_step_payment: ({ capabilities }) => capabilities.requiresOneStepPayment,
  supports_funds_confirmation: ({ capabilities }) => capabilities.supportsFundsConfirmation,
  supports_return_refund_account: ({ capabilities }) => capabilities.supportsReturnRefundAccount,
  supports_transactions_date_filter: ({ capabilities }) => capabilities.supportsTransactionsDateFilter,
  supports_account_information: ({ capabilities }) => capabilities.supportsAccountList,
  supports_single_payment: ({ capabilities }) => capabilities.supportsSinglePayment,
  supports_variable_recurring_payment: ({ capabilities }) => capabilities.supportsVariableRecurringPayment,
};

const SORTS_V1: Readonly<Record<string, (bank: Bank) => string>> = {
  name: ({ name }) => name,
  provider: ({ name }) => name,
  country: ({ countries }) => countries[0] ?? '',
};

const SORTS_V2: Readonly<Record<string, (bank: Bank) => string>> = {
  NAME: ({ name }) => name,
  COUNTRY: ({ countries }) => countries[0] ?? '',
  STANDARD: ({ standard }) => standard,
  RANK: ({ rank }) => String(rank).padStart(6, '0'),
};

function listV1(call: Call): Answer {
  const found = sorted(call, filteredV1(call), SORTS_V1, 'name');
  const { items, paging } = numberedPage(call, found);
  return ok({ banks: items.map((bank) => bankV1View(bank, call.base)), paging });
}

function listCountries(call: Call): Answer {
  const countries = new Set(filteredV1(call).flatMap((bank) => bank.countries));
  return ok({ countries: [...countries].toSorted() });
}

function filteredV1(call: Call): Bank[] {
  const providers = call.queryList('providers');
  const networks = call.queryList('supportedPaymentNetworks');
  const wanted = Object.entries(FEATURES).filter(([name]) => call.queryBoolean(`bank_features.${name}.value`) === true);
  return [...call.hub.banks.values()].filter(
    (bank) =>
      isNamed(call, bank) &&
      (providers.length === 0 || providers.includes('Token.io')) &&
      (networks.length === 0 || networks.some((network) => destinationTypes(bank).includes(network))) &&
      wanted.every(([, has]) => has(bank)),
  );
}

function listV2(call: Call): Answer {
  const standards = call.queryList('openBankingStandards').map((standard) => standard.toLowerCase());
  const instruments = call.queryList('supportedLocalInstruments');
  const found = [...call.hub.banks.values()].filter(
    (bank) =>
      isNamed(call, bank) &&
      (standards.length === 0 || standards.includes(bank.standard.toLowerCase())) &&
      (instruments.length === 0 || bank.localInstruments.some((instrument) => instruments.includes(instrument))) &&
      hasCapabilities(call, bank.capabilities),
  );
  const { items, paging } = numberedPage(call, sorted(call, found, SORTS_V2, 'NAME'));
  return ok({ banks: items.map((bank) => bankV2View(bank, call.base)), paging });
}

function hasCapabilities(call: Call, capabilities: BankCapabilities): boolean {
  return Object.entries(capabilities).every(([name, has]) => (call.queryBoolean(name) ?? has) === has);
}

/** The filters that both versions have. */
function isNamed(call: Call, bank: Bank): boolean {
  const [ids, bics, countries] = [call.queryList('ids'), call.queryList('bics'), call.queryList('countries')];
  const [search, code] = [call.query('search')?.toLowerCase(), call.query('bankCode')];
  const [group, subGroup] = [call.query('bankGroup'), call.query('bankSubGroup')];
  return (
    (ids.length === 0 || ids.includes(bank.id)) &&
    (bics.length === 0 || bics.includes(bank.bic)) &&
    (countries.length === 0 || bank.countries.some((country) => countries.includes(country))) &&
    (search === undefined || `${bank.name} ${bank.id}`.toLowerCase().includes(search)) &&
    (code === undefined || bank.bic.startsWith(code)) &&
    (group === undefined || bank.group === group) &&
    (subGroup === undefined || bank.subGroup === subGroup)
  );
}

function sorted(
  call: Call,
  banks: Bank[],
  sorts: Readonly<Record<string, (bank: Bank) => string>>,
  usual: string,
): Bank[] {
  const by = sorts[call.query('sort') ?? usual];
  if (!by) {
    throw fieldError('Field.Invalid', 'sort', `must be one of ${Object.keys(sorts).join(', ')}`);
  }
  return banks.toSorted((one, other) => by(one).localeCompare(by(other)));
}

function reportAll({ hub }: Call): Answer {
  return ok({
    banksStatus: [...hub.banks.values()].map((bank) => ({ bankId: bank.id, ...health(bank, hub.nowMs()) })),
  });
}

function reportOne(call: Call): Answer {
  const bank = call.hub.banks.get(call.param('bankId'));
  if (!bank) {
    throw notFound('bank', call.param('bankId'));
  }
  return ok({ bankStatus: { bankName: bank.name, ...health(bank, call.hub.nowMs()) } });
}

/** `lastUpdatedAt` is the time since the latest change in milliseconds, as the specification describes it. */
function health({ status }: Bank, nowMs: number): Record<string, unknown> {
  const elapsed = Math.max(0, Math.round(nowMs - status.sinceMs));
  return { aisStatus: status.ais, pisStatus: status.pis, lastUpdatedAt: String(elapsed) };
}
