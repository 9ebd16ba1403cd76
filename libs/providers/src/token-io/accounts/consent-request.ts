import type { AccessKind } from '@tributary/domain';
import { deriveReference } from '../../kit/reference.js';
import type { CallbackTarget, ConsentOrder } from '../../port/index.js';
import { refused } from '../client.js';
import type { TokenIoSettings } from '../settings.js';
import { accountIdentifier, commonPayload, refIdForm, requestOptions } from '../request-parts.js';

/** What a token request for account information is made of. */
export interface ConsentRequestParts {
  readonly id: string;
  readonly institutionReference: string;
  readonly resources: readonly string[];
  /** JSON of the one account that is asked for; absent: those that the PSU chooses. */
  readonly accountSource?: string | undefined;
  readonly tokenExpiration?: string | undefined;
  readonly callback: CallbackTarget;
  /** Makes the reference of a second request another one. */
  readonly attempt?: string | undefined;
}

const resources = {
  accounts: 'ACCOUNTS',
  balances: 'BALANCES',
  transactions: 'TRANSACTIONS',
  standingOrders: 'STANDING_ORDERS',
} as const satisfies Partial<Record<AccessKind, string>>;

/** Body of POST /token-requests with an access body. */
export function consentRequest(parts: ConsentRequestParts, settings: TokenIoSettings, connectionId: string): object {
  const { id, institutionReference, callback, accountSource, tokenExpiration } = parts;
  const refId = deriveReference(connectionId, `${id}${parts.attempt ?? ''}`, refIdForm);
  return {
    requestPayload: {
      ...commonPayload(settings, { refId, callback }),
      accessBody: {
        resourceTypeList: {
          resources: parts.resources,
          ...(accountSource !== undefined && { source: JSON.parse(accountSource) }),
        },
      },
      ...(tokenExpiration !== undefined && { tokenExpiration }),
    },
    requestOptions: requestOptions(institutionReference),
  };
}

/** An order of ours as those parts. @throws ProviderError `unsupported` for what Token.io has no words for */
export function partsOf(order: ConsentOrder, settings: TokenIoSettings): ConsentRequestParts {
  const { id, institutionReference, callback, accounts = [], validUntil } = order;
  const wanted = order.access.map((kind) => {
    const resource = Object.hasOwn(resources, kind) ? resources[kind as keyof typeof resources] : undefined;
    if (resource === undefined) throw refused('unsupported', 'createConsent', `Token.io has no consent for ${kind}.`);
    return resource;
  });
  if (accounts.length > 1) {
    throw refused(
      'unsupported',
      'createConsent',
      'A consent at Token.io is about one account or all: name one, or none.',
    );
  }
  const [account] = accounts;
  const end = Date.parse(`${validUntil}T23:59:59.000Z`);
  const seconds = (settings.assumptions?.tokenExpirationUnit ?? 'seconds') === 'seconds';
  return {
    id,
    institutionReference,
    callback,
    // Balances and entries hang on accounts.
    resources: [...new Set(['ACCOUNTS', ...wanted])],
    accountSource: account && JSON.stringify({ accountIdentifier: accountIdentifier(account) }),
    tokenExpiration: String(seconds ? end / 1_000 : end),
  };
}

/** Kinds of data by their names of them, read back. */
export function accessOf(words: readonly string[]): readonly AccessKind[] {
  return (Object.keys(resources) as (keyof typeof resources)[]).filter((kind) => words.includes(resources[kind]));
}
