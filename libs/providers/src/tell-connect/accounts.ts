import type { AccountSnapshot } from '@tributary/domain';
import { anything, type Reader } from '../kit/json.js';
import { readRows, UnreadableError } from '../kit/rows.js';
import {
  type AccountInformation,
  type AccountWithContinuation,
  type CallContext,
  type HeldAccount,
  type HeldConsent,
  type JsonValue,
  ProviderError,
  type ProviderDeps,
  type ReadRows,
} from '../port/index.js';
import { pathOf, type TellConnectClient } from './client.js';
import { consentStateOf, grantOf } from './consents.js';
import { document, documentView } from './documents.js';
import { identifierOf, sided } from './identifiers.js';
import { assumptionsOf, defaults, type TellConnectSettings } from './settings.js';
import { scopesOf } from './tokens.js';
import { transactionPage } from './transactions.js';
import { account, balance, product, rowsUnder, type WireAccount } from './wire.js';

/** Reads one resource of a consent; the resource's last segment names what the bank counts. */
export type ResourceReader = <T>(
  operation: string,
  consent: HeldConsent,
  place: readonly string[],
  context: CallContext,
  read: Reader<T>,
  query?: Readonly<Record<string, string>>,
) => Promise<T>;

/** "Account Access": accounts, balance, product, beneficiaries, transactions and the other resources. */
export function createAccounts(
  settings: TellConnectSettings,
  deps: ProviderDeps,
  client: TellConnectClient,
): Omit<AccountInformation, 'createConsent' | 'readConsent' | 'revokeConsent'> {
  const { accountsPath, readProducts } = { ...defaults, ...settings };
  const rules = assumptionsOf(settings);

  const resource: ResourceReader = async (operation, consent, place, context, read, query) => {
    const [reference, kind] = place;
    const counted = rules.unattendedCallsCountedBy === 'account' ? [reference ?? '', kind ?? ''] : [kind ?? ''];
    // Lists and single accounts are endpoints of their own.
    const endpoint = ['accounts', ...counted].join('/');
    const spec = {
      operation,
      method: 'GET',
      path: pathOf(operation, accountsPath, ...place),
      query,
      showsPsu: true,
      scope: `${kind ?? 'accounts'}:read`,
      counted: { reads: consent.unattended, endpoint },
    } as const;
    return (await client.granted(spec, grantOf(consent), context, read)).value;
  };

  const rows =
    (operation: string, kind: string, name: string) =>
    async (consent: HeldConsent, { reference }: HeldAccount, context: CallContext): Promise<ReadRows<JsonValue>> => {
      const value = await resource(operation, consent, [reference, kind], context, rowsUnder(name));
      return readRows(value, document, documentView);
    };

  /** What the account is called at the bank. Nice to have: only a consent that is over ends the list for it. */
  async function productOf(consent: HeldConsent, reference: string, context: CallContext): Promise<string | undefined> {
    try {
      const said = await resource('readProduct', consent, [reference, 'product'], context, product);
      return said.productName ?? said.name ?? said.product ?? said.productType;
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind === 'consent-invalid') throw error;
      if (error.kind !== 'rate-limited') deps.warn({ operation: 'readProduct', message: `left out: ${error.kind}` });
      return undefined;
    }
  }

  async function withProducts(
    consent: HeldConsent,
    found: readonly AccountWithContinuation[],
    context: CallContext,
  ): Promise<readonly AccountWithContinuation[]> {
    const scopes = scopesOf((await consent.tokens.read()) ?? { scope: undefined });
    if (!readProducts || scopes?.includes('product:read') !== true) return found;
    return Promise.all(
      found.map(async (one) => ({ ...one, product: await productOf(consent, one.reference, context) })),
    );
  }

  return {
    async listAccounts(consent, context) {
      const value = await resource('listAccounts', consent, [], context, rowsUnder('accounts'));
      const { rows: found, unreadable } = readRows(value, account, accountSnapshot);
      const wanted = consentStateOf(consent)?.accounts;
      const shared = found.filter(
        ({ identifiers }) =>
          wanted === undefined ||
          identifiers.some((own) => wanted.some((one) => one.scheme === own.scheme && one.value === own.value)),
      );
      return { rows: await withProducts(consent, shared, context), unreadable };
    },

    async readBalances(consent, { reference }, context) {
      const value = await resource('readBalances', consent, [reference, 'balance'], context, anything);
      return readRows([value], balance, (wire, raw) => {
        const { amount, side } = sided(wire);
        // One balance without a type or a time: it is as of now.
        return { type: rules.balanceType, amount, creditDebit: side, asOf: deps.now().toISOString(), raw };
      });
    },

    async readTransactions(consent, held, query, context) {
      const names = rules.transactionDates;
      const window =
        names === undefined
          ? undefined
          : {
              ...(query.from !== undefined && { [names.from]: query.from }),
              ...(query.to !== undefined && { [names.to]: query.to }),
            };
      const read = rowsUnder('transactions');
      const value = await resource(
        'readTransactions',
        consent,
        [held.reference, 'transactions'],
        context,
        read,
        window,
      );
      return transactionPage(value, held, query, rules.timesAre);
    },

    readBeneficiaries: rows('readBeneficiaries', 'beneficiaries', 'beneficiaries'),
    readStandingOrders: rows('readStandingOrders', 'standing-orders', 'standingOrders'),
    readDirectDebits: rows('readDirectDebits', 'direct-debits', 'directDebits'),
    readScheduledPayments: rows('readScheduledPayments', 'scheduled-payments', 'scheduledPayments'),
  };
}

function accountSnapshot(wire: WireAccount, raw: unknown): AccountWithContinuation {
  if (!/^[A-Z]{3}$/.test(wire.currency)) throw new UnreadableError('currency is not an ISO 4217 code');
  const identifier = identifierOf(wire.schemeName, wire.identification);
  return {
    reference: wire.accountId,
    identifiers: identifier === undefined ? [] : [identifier],
    currency: wire.currency,
    name: wire.nickname,
    // ISO 20022 code for a current account; any other word stays theirs.
    type: wire.accountSubType?.toLowerCase() === 'currentaccount' ? 'CACC' : wire.accountSubType,
    usage: usageOf(wire.accountType),
    status: 'enabled',
    raw,
    continuation: null,
  };
}

function usageOf(type: string | undefined): AccountSnapshot['usage'] {
  const word = type?.toLowerCase();
  if (word === 'personal') return 'private';
  return word === 'business' ? 'business' : undefined;
}
