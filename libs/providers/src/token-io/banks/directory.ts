import { readRows } from '../../kit/rows.js';
import {
  type CallContext,
  type Capability,
  type InstitutionDirectory,
  ProviderError,
  type ProviderDeps,
} from '../../port/index.js';
import type { TokenIoClient } from '../client.js';
import type { TokenIoSettings } from '../settings.js';
import { institutionsOf } from './institution.js';
import { bank, bankPage, banksStatus, type WireBank, type WireBankStatus } from './wire.js';

const perPage = 200;
/** More banks than Token.io has: a list that never ends is broken. */
const mostPages = 200;
const trustMs = 10 * 60_000;

/** The banks behind the member, and what is known of each. */
export interface Banks {
  readonly directory: (capabilities: () => readonly Capability[]) => InstitutionDirectory;
  /** One bank as it was listed within the last minutes; undefined where Token.io does not list it. */
  find(reference: string, context: CallContext): Promise<WireBank | undefined>;
}

/** Token.io's banks (tags "Banks v2" and "Banks v1") with the reports of how they work. */
export function createBanks(settings: TokenIoSettings, deps: ProviderDeps, client: TokenIoClient): Banks {
  const { version = 'v2', ids, countries } = settings.banks ?? {};
  const known = new Map<string, { readonly at: number; readonly bank: Promise<WireBank | undefined> }>();

  async function page(number: number, wanted: readonly string[] | undefined, context: CallContext) {
    const { value } = await client.call(
      {
        operation: 'listBanks',
        service: 'admin',
        method: 'GET',
        path: version === 'v2' ? ['v2', 'banks'] : ['banks'],
        query: { page: number, perPage, ids: wanted, countries },
      },
      context,
      bankPage,
    );
    return value;
  }

  /** Page by page until the count is reached, or a page is short: the two counters of a page are described the wrong way round. */
  async function all(wanted: readonly string[] | undefined, context: CallContext): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    for (let number = 1; number <= mostPages; number += 1) {
      const { banks, paging } = await page(number, wanted, context);
      found.push(...banks);
      if (banks.length === 0 || (paging?.totalCount ?? 0) <= found.length) break;
    }
    return found;
  }

  function mapped<T>(found: readonly unknown[], map: (wire: WireBank) => T): readonly T[] {
    const { rows, unreadable } = readRows(found, bank, map);
    for (const { why } of unreadable) deps.warn({ operation: 'listBanks', message: `a bank was left out: ${why}` });
    return rows;
  }

  /** A list of banks without the reports is still one. */
  async function reports(
    context: CallContext,
  ): Promise<ReadonlyMap<string, WireBankStatus & { asOf: string | undefined }>> {
    const spec = {
      operation: 'readBankReports',
      service: 'admin',
      method: 'GET',
      path: ['reports', 'banks', 'status'],
    } as const;
    try {
      const { value } = await client.call(spec, context, banksStatus);
      const rows = value.banksStatus.flatMap((row) =>
        row.bankId === undefined ? [] : [[row.bankId, { ...row, asOf: instantOf(row.lastUpdatedAt) }] as const],
      );
      return new Map(rows);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      deps.warn({ operation: spec.operation, message: `no reports about banks: ${error.message}` });
      return new Map();
    }
  }

  /** "Time since the latest status": how long ago, or when, in milliseconds. Small values can only be the former. */
  function instantOf(value: string | undefined): string | undefined {
    const ms = Number(value ?? '');
    if (!Number.isFinite(ms) || ms <= 0) return undefined;
    const wish = settings.assumptions?.bankStatusTime ?? 'auto';
    const elapsed = wish === 'elapsed' || (wish === 'auto' && ms < 1e12);
    const at = elapsed ? deps.now().getTime() - ms : ms;
    return Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : undefined;
  }

  return {
    directory: (capabilities) => ({
      refreshSeconds: 600,
      async list(context) {
        const [banks, statuses] = await Promise.all([all(ids, context), reports(context)]);
        const now = deps.now();
        return mapped(banks, (wire) => institutionsOf(wire, statuses.get(wire.id), capabilities(), now)).flat();
      },
    }),
    find(reference, context) {
      const now = deps.now().getTime();
      const held = known.get(reference);
      if (held && now - held.at < trustMs) return held.bank;
      const found = all([reference], context).then((banks) =>
        mapped(banks, (wire) => wire).find(({ id }) => id === reference),
      );
      known.set(reference, { at: now, bank: found });
      found.catch(() => known.delete(reference));
      return found;
    },
  };
}
