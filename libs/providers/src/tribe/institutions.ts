import type { PaymentScheme } from '@tributary/domain';
import { institutionMembers } from '../kit/institution-schema.js';
import { resolveLink } from '../kit/links.js';
import { readRows } from '../kit/rows.js';
import {
  type CallContext,
  type InstitutionDirectory,
  type InstitutionSnapshot,
  ProviderError,
  type ProviderDeps,
} from '../port/index.js';
import type { TribeClient } from './client.js';
import { schemeOf } from './schemes.js';
import { providerId } from './settings.js';
import { tppDefaults, type TppSettings } from './tpp-settings.js';
import { bank, bankPage, type WireBank } from './wire.js';

const isBic = new RegExp(institutionMembers.bic.pattern);

/** `reference` of the institution whose payments are made without a bank; no identifier of a bank looks like it. */
export const chooserReference = '*';

/** What a bank behind Tribe can do. */
export interface Bank {
  readonly identifier: string;
  readonly scopes: readonly string[];
  readonly schemes: readonly PaymentScheme[];
  readonly directPayments: boolean;
}

export interface Directory extends InstitutionDirectory {
  /** One bank; what was read a moment ago counts. @throws ProviderError `not-found` for one that is not there (any more) */
  find(identifier: string, context: CallContext): Promise<Bank>;
}

const operation = 'listBanks';
const freshMs = 10 * 60_000;
const pageSize = '100';
const mostPages = 200;

/** The banks behind Tribe (TPP API v2, GET /banks). It declares neither grant nor signature. */
export function createDirectory(settings: TppSettings, deps: ProviderDeps, client: TribeClient): Directory {
  const { bankChooser, maxConsentDays = null } = settings;
  const { signDirectory } = { ...tppDefaults, ...settings };
  const known = new Map<string, { readonly bank: Bank; readonly at: number }>();

  async function page(query: URLSearchParams, context: CallContext) {
    const spec = { operation, method: 'GET', path: ['banks'], query, tokens: null, signed: signDirectory } as const;
    const { value, url } = await client.call(spec, context, bankPage);
    const { rows, unreadable } = readRows(value.banks, bank, (row) => row);
    for (const { why } of unreadable) deps.warn({ operation, message: `a bank cannot be read: ${why}` });
    const href = value.links?.next?.href;
    // Only its query: the address is ours, whatever host or prefix a proxy makes of it.
    return { rows, next: href === undefined ? null : resolveLink(href, url, '_links.next').searchParams };
  }

  function remember(row: WireBank): Bank {
    const schemes = row.paymentSchemes.flatMap((word) => schemeOf(word) ?? []);
    if (schemes.length < row.paymentSchemes.length) {
      deps.warn({ operation, message: `${row.identifier.slice(0, 40)} has a payment scheme that nobody knows` });
    }
    const { identifier, scopes, directPaymentSupport = false } = row;
    const found = { identifier, scopes, schemes, directPayments: directPaymentSupport };
    known.set(identifier, { bank: found, at: deps.now().getTime() });
    return found;
  }

  function snapshot(row: WireBank): InstitutionSnapshot | null {
    const { schemes } = remember(row);
    const bic = isBic.test(row.identifier) ? row.identifier : undefined;
    const country = row.country ?? bic?.slice(4, 6);
    if (country === undefined || !/^[A-Z]{2}$/.test(country)) {
      deps.warn({ operation, message: `left out a bank without a country: ${row.identifier.slice(0, 40)}` });
      return null;
    }
    const { identifier: reference, name } = row;
    const rest = { scaApproaches: ['redirect'], maxConsentDays, status: 'available' } as const;
    return { reference, name, bic, country, paymentSchemes: schemes, ...rest };
  }

  return {
    async list(context) {
      const found: InstitutionSnapshot[] = [];
      let query: URLSearchParams | null = new URLSearchParams({ page: '1', limit: pageSize });
      const seen = new Set<string>();
      while (query !== null && seen.size < mostPages && !seen.has(query.toString())) {
        seen.add(query.toString());
        const { rows, next }: Awaited<ReturnType<typeof page>> = await page(query, context);
        found.push(...rows.flatMap((row) => snapshot(row) ?? []));
        query = next;
      }
      if (query !== null) deps.warn({ operation, message: 'the list of banks does not end; what was read is kept' });
      return bankChooser === undefined ? found : [...found, chooser(bankChooser, maxConsentDays)];
    },

    async find(identifier, context) {
      const held = known.get(identifier);
      if (held && deps.now().getTime() - held.at < freshMs) return held.bank;
      const { rows } = await page(new URLSearchParams({ identifier }), context);
      const row = rows.find((one) => one.identifier === identifier);
      if (row) return remember(row);
      known.delete(identifier);
      const message = 'Tribe does not list this institution any more.';
      const { traceId } = context;
      throw new ProviderError({ kind: 'not-found', provider: providerId, operation, traceId, message });
    },
  };
}

function chooser(
  { name, country }: NonNullable<TppSettings['bankChooser']>,
  maxConsentDays: number | null,
): InstitutionSnapshot {
  return {
    reference: chooserReference,
    name,
    country,
    scaApproaches: ['redirect'],
    paymentSchemes: [],
    maxConsentDays,
    status: 'available',
  };
}
