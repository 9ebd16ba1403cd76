import type { TransactionSnapshot } from '@tributary/domain';
import { lenient, record } from '../../kit/json.js';
import { readRows } from '../../kit/rows.js';
import { type AccountInformation, type CallContext, type HeldAccount, ProviderError } from '../../port/index.js';
import { accountCaller, accountStateOf, accountUrl, ownUrl } from './account-state.js';
import type { Xs2aClient } from '../client.js';
import { readLinks } from '../links.js';
import { providerId, type Xs2aSettings } from '../settings.js';
import { transactionSnapshot } from './transaction-row.js';
import { links } from '../wire.js';
import { transaction, transactionDetails } from './wire.js';

const operation = 'readTransaction';

/** Details of one transaction (Implementation Guidelines 1.3, section 6.5.5): of payment accounts, and as JSON only. */
export function createTransactionDetails(
  settings: Xs2aSettings,
  client: Xs2aClient,
): Required<Pick<AccountInformation, 'readTransaction'>> {
  /** The link that came with the row. */
  function ownLink(account: HeldAccount, raw: unknown): URL | undefined {
    const { _links: wire } = lenient(record({ _links: links }))(raw, '') ?? {};
    const { transactionDetails: link } = readLinks(wire, accountUrl(client, account, 'transactions'), settings).links;
    return link === undefined ? undefined : new URL(link);
  }

  function pathOf(account: HeldAccount, reference: string): URL {
    const url = ownUrl(client, account);
    url.pathname = `${url.pathname}/transactions/${encodeURIComponent(reference)}`;
    return url;
  }

  return {
    async readTransaction(consent, account, { reference, raw }, context): Promise<TransactionSnapshot> {
      if (accountStateOf(account).card !== undefined) {
        throw failed('unsupported', 'There are no details of one transaction of a card account.', context);
      }
      const url = ownLink(account, raw) ?? pathOf(account, reference);
      const spec = { operation, service: 'ais', method: 'GET', url } as const;
      const { value } = await client.call(
        spec,
        accountCaller(consent, operation, context),
        context,
        transactionDetails,
      );
      const { rows, unreadable } = readRows([value.tree], transaction, (wire, words) =>
        transactionSnapshot(wire, words, wire.bookingDate === undefined ? 'pending' : 'booked', account, settings),
      );
      const [found] = rows;
      if (found) return found;
      throw failed('malformed', `The institution's details cannot be read: ${unreadable[0]?.why ?? ''}.`, context);
    },
  };
}

function failed(kind: 'unsupported' | 'malformed', message: string, { traceId }: CallContext): ProviderError {
  return new ProviderError({ kind, provider: providerId, operation, traceId, message });
}
