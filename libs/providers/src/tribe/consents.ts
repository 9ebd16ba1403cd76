import { accountSchemes } from '@tributary/domain';
import { list, oneOf, optional, type Read, record, text } from '../kit/json.js';
import { deriveUuid } from '../kit/reference.js';
import {
  type AccountInformation,
  type CallContext,
  type ConsentOrder,
  type ConsentSnapshot,
  type Continuation,
  type HeldConsent,
  ProviderError,
  type ProviderDeps,
} from '../port/index.js';
import { grantSnapshot } from './conversation.js';
import { chooserReference, type Directory } from './institutions.js';
import type { Grants } from './oauth.js';
import { accessWithin, type Scope, scopesFor, scopeWords } from './scopes.js';
import { providerId } from './settings.js';
import { tppDefaults, type TppSettings } from './tpp-settings.js';

export type Consents = Pick<AccountInformation, 'createConsent' | 'readConsent' | 'revokeConsent'>;

const state = record({
  /** Asked for. */
  scopes: list(oneOf(scopeWords)),
  /** Only these accounts; undefined: all that the PSU shares. */
  accounts: optional(list(record({ scheme: oneOf(accountSchemes), value: text }))),
});
/** What is kept of a consent between two calls. */
export type ConsentState = Read<typeof state>;

export function consentStateOf({ continuation }: Pick<HeldConsent, 'continuation'>): ConsentState {
  return continuation === null ? { scopes: [], accounts: undefined } : state(continuation, 'continuation');
}

function kept({ scopes, accounts }: ConsentState): Continuation {
  return { scopes, ...(accounts && { accounts: accounts.map(({ scheme, value }) => ({ scheme, value })) }) };
}

/**
 * Consents. Tribe has no resource for them: a consent is what a PSU grants at the bank, all of what was asked for or nothing, and
 * it lives as its bearer. So it is ours, with an id of ours, and every read of data tells whether it still stands.
 */
export function createConsents(
  settings: TppSettings,
  deps: ProviderDeps,
  directory: Directory,
  grants: Grants,
): Consents {
  const { fundsWithAccounts } = { ...tppDefaults, ...settings };

  function wantedBy({ access, combinedService }: ConsentOrder, offered: readonly string[]): readonly Scope[] {
    const forFunds = access.includes('fundsConfirmation');
    const payments = (['payments.single', 'payments.bulk'] as const).filter((scope) => offered.includes(scope));
    return [
      ...scopesFor(access),
      ...(fundsWithAccounts && !forFunds && offered.includes('funds_confirmations')
        ? (['funds_confirmations'] as const)
        : []),
      ...(combinedService === true ? payments : []),
    ];
  }

  async function scopesOf(order: ConsentOrder, context: CallContext): Promise<readonly Scope[]> {
    if (order.institutionReference === chooserReference) {
      throw refused('Payments without a bank need no consent, and there is none for accounts.', context);
    }
    const { scopes: offered } = await directory.find(order.institutionReference, context);
    const scopes = wantedBy(order, offered);
    const missing = scopes.find((scope) => !offered.includes(scope));
    if (missing !== undefined) throw refused(`The bank does not offer ${missing}. Nothing was sent to it.`, context);
    if (order.combinedService === true && !scopes.some((scope) => scope.startsWith('payments.'))) {
      throw refused('The bank has no payments in the session of a consent. Nothing was sent to it.', context);
    }
    return scopes;
  }

  function snapshot(reference: string, part: Omit<ConsentSnapshot, 'reference' | 'observedAt' | 'upstreamStatus'>) {
    // Tribe has no word for it.
    return { reference, upstreamStatus: '', observedAt: deps.now(), ...part };
  }

  return {
    async createConsent(order, context) {
      const scopes = await scopesOf(order, context);
      const { url, grant } = grants.begin(order.institutionReference, scopes, order.callback);
      return snapshot(deriveUuid(deps.connectionId, order.id, 'consent'), {
        state: 'awaitingAuthorisation',
        authorisation: grantSnapshot(url, grant, deps.now()),
        // Tribe cannot be told which accounts: those that the PSU shares besides are left out of every list.
        continuation: kept({ scopes, accounts: order.accounts }),
      });
    },

    async readConsent(consent) {
      const tokens = await consent.tokens.read();
      const reference = consent.reference ?? deriveUuid(deps.connectionId, consent.id, 'consent');
      if (tokens === null) return snapshot(reference, { state: 'awaitingAuthorisation', continuation: null });
      const { expiresAt, refreshToken, scope } = tokens;
      const over =
        refreshToken === undefined && expiresAt !== undefined && Date.parse(expiresAt) <= deps.now().getTime();
      return snapshot(reference, {
        state: over ? 'expired' : 'authorised',
        access: scope === undefined ? undefined : accessWithin(consent.access, scope.split(' ')),
        continuation: null,
      });
    },

    /** A TPP cannot end a grant at Tribe: ours is to forget the bearer, which is done with the answer. */
    revokeConsent: (consent) =>
      Promise.resolve(
        snapshot(consent.reference ?? deriveUuid(deps.connectionId, consent.id, 'consent'), {
          state: 'revoked',
          continuation: null,
        }),
      ),
  };
}

function refused(message: string, { traceId }: CallContext): ProviderError {
  return new ProviderError({ kind: 'unsupported', provider: providerId, operation: 'createConsent', traceId, message });
}
