import { type AccessKind, accountSchemes } from '@tributary/domain';
import { list, oneOf, optional, type Read, record, text } from '../kit/json.js';
import type { AccountInformation, ConsentSnapshot, Continuation, HeldConsent, ProviderDeps } from '../port/index.js';
import type { HeldGrant } from './client.js';
import type { Intents } from './intents.js';
import { assumptionsOf, type TellConnectSettings } from './settings.js';
import { scopesOf } from './tokens.js';

export type Consents = Pick<AccountInformation, 'createConsent' | 'readConsent' | 'revokeConsent'>;

const state = record({
  /** Bank date; as the app asked. */
  validUntil: text,
  /** RFC 3339; when the bank ends it, from when it was given on. */
  endsAt: optional(text),
  /** Only these accounts; undefined: all that the PSU shares. */
  accounts: optional(list(record({ scheme: oneOf(accountSchemes), value: text }))),
});
export type ConsentState = Read<typeof state>;

export function consentStateOf({ continuation }: Pick<HeldConsent, 'continuation'>): ConsentState | null {
  return continuation === null ? null : state(continuation, 'continuation');
}

/** A consent as calls are made with it. */
export function grantOf(consent: HeldConsent): HeldGrant {
  return { tokens: consent.tokens, endsAt: consentStateOf(consent)?.endsAt };
}

function kept({ validUntil, endsAt, accounts }: ConsentState): Continuation {
  return {
    validUntil,
    ...(endsAt !== undefined && { endsAt }),
    ...(accounts && { accounts: accounts.map(({ scheme, value }) => ({ scheme, value })) }),
  };
}

/** "balance" and "product" are singular in the scope. Parties and funds do not exist. */
const scopeOfKind: Partial<Record<AccessKind, string>> = {
  accounts: 'accounts:read',
  balances: 'balance:read',
  transactions: 'transactions:read',
  beneficiaries: 'beneficiaries:read',
  standingOrders: 'standing-orders:read',
};

/**
 * Consents. What is asked for is `aisp`, no kind of data and no account: the bank and its PSU decide, and the scope of the token
 * says what came of it. A TPP cannot end one, and is not told when the PSU does.
 */
export function createConsents(settings: TellConnectSettings, deps: ProviderDeps, intents: Intents): Consents {
  const { consentDays, refreshExtendsConsent } = assumptionsOf(settings);

  const snapshot = (
    { reference }: Pick<HeldConsent, 'reference'>,
    part: Pick<ConsentSnapshot, 'state' | 'continuation'> & Partial<ConsentSnapshot>,
  ): ConsentSnapshot => ({ reference, upstreamStatus: '', observedAt: deps.now(), ...part });

  return {
    async createConsent({ id, callback, validUntil, accounts }, context) {
      const { intentId, authorisation } = await intents.open('aisp', id, callback, context);
      const continuation = kept({ validUntil, endsAt: undefined, accounts });
      return snapshot({ reference: intentId }, { state: 'awaitingAuthorisation', authorisation, continuation });
    },

    async readConsent(consent) {
      const tokens = await consent.tokens.read();
      const held = consentStateOf(consent);
      if (tokens === null || held === null) {
        return snapshot(consent, { state: 'awaitingAuthorisation', continuation: null });
      }
      const now = deps.now();
      // Whoever reads it first does so when the code was exchanged.
      const end = held.endsAt ?? new Date(now.getTime() + consentDays * 86_400_000).toISOString();
      const endsAt = refreshExtendsConsent ? undefined : end;
      const lastDay = endsAt?.slice(0, 10);
      const scopes = scopesOf(tokens);
      return snapshot(consent, {
        state: endsAt !== undefined && Date.parse(endsAt) <= now.getTime() ? 'expired' : 'authorised',
        validUntil: lastDay !== undefined && lastDay < held.validUntil ? lastDay : held.validUntil,
        access: scopes && consent.access.filter((kind) => scopes.includes(scopeOfKind[kind] ?? '')),
        continuation: kept({ ...held, endsAt }),
      });
    },

    /** There is no such call: ours is to forget the tokens, which is done with the answer. */
    revokeConsent: (consent) => Promise.resolve(snapshot(consent, { state: 'revoked', continuation: null })),
  };
}
