import type { PaymentScheme, ScaApproach } from '@tributary/domain';
import { UnreadableError } from '../../kit/rows.js';
import type {
  Capability,
  InstitutionSnapshot,
  MaintenanceWindow,
  RequiredFields,
  ServiceStatus,
} from '../../port/index.js';
import { schemesOf } from '../payments/instruments.js';
import type { WireBank, WireBankStatus, WireMandatory } from './wire.js';

/** How their words for SCA (schema scaMethods) fit ours. */
const approaches: Readonly<Record<string, ScaApproach>> = {
  REDIRECT: 'redirect',
  MULTI_REDIRECT: 'redirect',
  CONFIRMATION_PAGE: 'redirect',
  DECOUPLED: 'decoupled',
  EMBEDDED_SINGLE_STEP: 'embedded',
  EMBEDDED_MULTI_STEP: 'embedded',
};

const impacts: Readonly<Record<string, MaintenanceWindow['impact']>> = {
  NO_DOWNTIME_EXPECTED: 'none',
  DOWNTIME_EXPECTED: 'possible',
  OUTAGE: 'outage',
};

/** Where their field is one of ours (both interfaces: v2 `initiation....`, v1 snake case `transfer_body....`). */
const fieldNames: Readonly<Record<string, string>> = {
  'initiation.debtor': 'debtor',
  'initiation.debtor.name': 'debtor.name',
  'initiation.debtor.iban': 'debtor.account.iban',
  'initiation.debtor.sortCode': 'debtor.account.sortCode',
  'initiation.debtor.accountNumber': 'debtor.account.accountNumber',
  'initiation.creditor.name': 'creditor.name',
  'initiation.creditor.bic': 'creditor.agent.bic',
  'initiation.creditor.address': 'creditor.address',
  'initiation.executionDate': 'executionDate',
  'initiation.remittanceInformationPrimary': 'remittance',
};

/** What each flag of a bank opens. A flag that is missing opens nothing. */
function capabilitiesOf(wire: WireBank, all: readonly Capability[]): readonly Capability[] {
  const accounts = wire.supportsAccountList ?? wire.supportsAccountInformation ?? false;
  const single = wire.supportsSinglePayment ?? wire.supportsSendPayment ?? false;
  const open: Partial<Record<Capability, boolean>> = {
    accounts,
    balances: wire.supportsAccountBalance ?? wire.supportsBalance ?? false,
    transactions: wire.supportsTransactionList ?? accounts,
    'transactions.details': wire.supportsTransactionDetails ?? false,
    standingOrders: wire.supportsStandingOrderList ?? false,
    payments: single,
    'payments.futureDated': single && (wire.supportsScheduledPayment ?? false),
    'payments.recurring': wire.supportsStandingOrder ?? false,
    webhooks: true,
  };
  return all.filter((capability) => open[capability] ?? false);
}

const services: Readonly<Record<string, ServiceStatus>> = { LIVE: 'available', DOWN: 'unavailable' };

/** What a bank is to apps: one institution for each country in which it has customers. */
export function institutionsOf(
  wire: WireBank,
  reported: (WireBankStatus & { readonly asOf: string | undefined }) | undefined,
  all: readonly Capability[],
  now: Date,
): readonly InstitutionSnapshot[] {
  const countries = wire.countries.filter((country) => /^[A-Z]{2}$/.test(country));
  if (countries.length === 0) throw new UnreadableError('a bank without a country');
  const maintenance = windowsOf(wire);
  const accounts = serviceStatus(reported?.aisStatus, 'accounts', maintenance, now);
  const payments = serviceStatus(reported?.pisStatus, 'payments', maintenance, now);
  const institution = {
    reference: wire.id,
    name: wire.name ?? wire.id,
    bic: /^[A-Z0-9]{8}([A-Z0-9]{3})?$/i.test(wire.bic ?? '') ? wire.bic?.toUpperCase() : undefined,
    logoUrl: wire.fullLogoUri ?? wire.logoUri,
    scaApproaches: [...new Set((wire.scaMethods ?? ['REDIRECT']).flatMap((word) => approaches[word] ?? []))],
    paymentSchemes: paymentSchemesOf(wire),
    maxConsentDays: null,
    status: overall(accounts, payments),
    capabilities: capabilitiesOf(wire, all),
    services: { accounts, payments, asOf: reported?.asOf },
    requiredFields: requiredFieldsOf(wire),
    maintenance,
  };
  return countries.map((country) => ({ ...institution, country }));
}

/** Down on both sides is unavailable, on one degraded. */
function overall(accounts: ServiceStatus, payments: ServiceStatus): ServiceStatus {
  if (accounts === payments) return accounts;
  return 'degraded';
}

function serviceStatus(
  word: string | undefined,
  service: 'accounts' | 'payments',
  windows: readonly MaintenanceWindow[],
  now: Date,
): ServiceStatus {
  const said = word === undefined ? 'available' : (services[word.toUpperCase()] ?? 'degraded');
  if (said === 'unavailable') return said;
  const running = windows.filter(
    (window) =>
      (window.service === undefined || window.service === service) &&
      Date.parse(window.from) <= now.getTime() &&
      now.getTime() < Date.parse(window.to),
  );
  if (running.some(({ impact }) => impact === 'outage')) return 'unavailable';
  return running.some(({ impact }) => impact === 'possible') ? 'degraded' : said;
}

function windowsOf({ maintenanceWindow = [] }: WireBank): readonly MaintenanceWindow[] {
  return maintenanceWindow.flatMap(({ startTime, endTime, type, productType }) => {
    const [from, to] = [Date.parse(startTime ?? ''), Date.parse(endTime ?? '')];
    if (!Number.isFinite(from) || !Number.isFinite(to)) return [];
    const service = productType === 'AIS' ? 'accounts' : productType === 'SIP' ? 'payments' : undefined;
    return [
      {
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        // An unknown word of a window that was announced: something may happen.
        impact: impacts[type ?? ''] ?? 'possible',
        ...(service !== undefined && { service }),
      } as const,
    ];
  });
}

function paymentSchemesOf(wire: WireBank): readonly PaymentScheme[] {
  const instruments = wire.supportedLocalInstruments ?? destinationTypes(wire.supportedTransferDestinationTypes);
  return [...new Set(instruments.flatMap((instrument) => schemesOf(instrument)))];
}

/** v1 names rails in camel case, as texts or as the keys of sample objects. */
function destinationTypes(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const names = value.flatMap((one: unknown) =>
    typeof one === 'string' ? [one] : typeof one === 'object' && one !== null ? Object.keys(one) : [],
  );
  return names.map((name) => name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase());
}

function requiredFieldsOf({ mandatoryFields }: WireBank): readonly RequiredFields[] {
  if (!Array.isArray(mandatoryFields)) return legacyFields(mandatoryFields);
  return mandatoryFields.flatMap((rule: WireMandatory) => {
    const fields = rule.fieldPaths.map((path) => fieldNames[path] ?? path);
    const schemes = rule.localInstruments.flatMap((instrument) => schemesOf(instrument));
    const capabilities = capabilitiesNamed(rule);
    return capabilities.map((capability) => ({
      capability,
      ...(schemes.length > 0 && { paymentSchemes: schemes }),
      fields,
    }));
  });
}

function capabilitiesNamed({ products, paymentTypes }: WireMandatory): readonly Capability[] {
  const words = [...products, ...paymentTypes].map((word) => word.toUpperCase());
  const named: readonly Capability[] = [
    ...(words.some((word) => /AIS|ACCESS|ACCOUNT/.test(word)) ? (['accounts'] as const) : []),
    ...(words.some((word) => /STANDING/.test(word)) ? (['payments.recurring'] as const) : []),
    ...(words.some((word) => /FUTURE|SCHEDULED/.test(word)) ? (['payments.futureDated'] as const) : []),
    ...(words.some((word) => /SINGLE|SIP|PIS|IMMEDIATE/.test(word)) ? (['payments'] as const) : []),
  ];
  return named.length > 0 ? named : ['payments'];
}

/** v1: `{ transfer|access|standingOrder: { domestic|international: { fields: [] } } }`, in paths of its own. */
function legacyFields(tree: unknown): readonly RequiredFields[] {
  const kinds = [
    ['transfer', 'payments'],
    ['access', 'accounts'],
    ['standingOrder', 'payments.recurring'],
  ] as const;
  return kinds.flatMap(([name, capability]) => {
    const fields = [...new Set(textsBelow(member(tree, name)))];
    return fields.length === 0 ? [] : [{ capability, fields }];
  });
}

function member(tree: unknown, name: string): unknown {
  return typeof tree === 'object' && tree !== null && Object.hasOwn(tree, name) ? Reflect.get(tree, name) : undefined;
}

function textsBelow(tree: unknown): readonly string[] {
  if (typeof tree === 'string') return [tree];
  if (Array.isArray(tree)) return tree.flatMap(textsBelow);
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(textsBelow) : [];
}
