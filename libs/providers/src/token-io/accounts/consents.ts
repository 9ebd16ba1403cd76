import type { AccessKind, ConsentState } from '@tributary/domain';
import {
  type AccountInformation,
  type CallContext,
  type ConsentSnapshot,
  type HeldConsent,
  ProviderError,
  type ProviderDeps,
} from '../../port/index.js';
import { refused, type TokenIoClient } from '../client.js';
import type { TokenRequests } from '../sca/requests.js';
import { keptConsent } from '../sca/talk.js';
import { providerId, type TokenIoSettings } from '../settings.js';
import { requestResult } from '../status.js';
import { cancelAnswer, token, type WireToken } from '../wire.js';
import { accessOf, consentRequest, partsOf } from './consent-request.js';

/** Replacements of a token that are followed; more would be a circle. */
const mostReplacements = 5;

/** Consents of account information: a token request first, the access token that comes of it afterwards. */
export interface Consents {
  readonly port: Pick<AccountInformation, 'createConsent' | 'readConsent' | 'revokeConsent'>;
  /** The access token in whose name data is read. @throws ProviderError `consent-invalid` while there is none */
  tokenOf(consent: HeldConsent, context: CallContext): Promise<string>;
  /** Why a token opens nothing any more; undefined where nobody can say. */
  whyEnded(tokenId: string, context: CallContext): Promise<'expired' | 'revoked'>;
}

export function createConsents(
  settings: TokenIoSettings,
  deps: ProviderDeps,
  client: TokenIoClient,
  requests: TokenRequests,
): Consents {
  function snapshot(
    reference: string,
    state: ConsentState | null,
    word: string,
    rest: Partial<ConsentSnapshot> = {},
  ): ConsentSnapshot {
    return { reference, state, upstreamStatus: word, continuation: null, observedAt: deps.now(), ...rest };
  }

  async function readToken(id: string, context: CallContext): Promise<WireToken> {
    const spec = { operation: 'readToken', service: 'ais', method: 'GET', path: ['tokens', id] } as const;
    return (await client.call(spec, context, token)).value.token;
  }

  /** A token that was replaced is followed to the one that counts; it is kept in place of the old one. */
  async function newest(consent: HeldConsent, id: string, context: CallContext): Promise<WireToken> {
    let current = await readToken(id, context);
    for (let step = 0; step < mostReplacements && current.replacedByTokenId; step += 1) {
      current = await readToken(current.replacedByTokenId, context);
    }
    const held = await consent.tokens.read();
    if (held !== null && held.accessToken !== current.id) {
      await consent.tokens.refresh(held, () => Promise.resolve({ accessToken: current.id }));
    }
    return current;
  }

  function endOf({ payload, payloadSignatures }: WireToken): { state: ConsentState; validUntil?: string } {
    const ms = Number(payload?.expiresAtMs ?? '');
    const ends = Number.isFinite(ms) && ms > 0 && ms < 8.64e15 ? ms : null;
    // The last whole millisecond that it is good: a token that ends at midnight is good for the day before.
    const validUntil = ends === null ? {} : { validUntil: new Date(ends - 1).toISOString().slice(0, 10) };
    // There is no status of its own: a token is cancelled when somebody signed that it is.
    if (payloadSignatures.some(({ action }) => action?.toUpperCase().startsWith('CANCEL'))) return { state: 'revoked' };
    if (ends !== null && ends <= deps.now().getTime()) return { state: 'expired', ...validUntil };
    return { state: 'authorised', ...validUntil };
  }

  /** The token of the consent's first request; undefined while there is none. */
  async function fromRequest(consent: HeldConsent, context: CallContext) {
    if (consent.reference === null) throw refused('rejected', 'readConsent', 'The consent was not made yet.', context);
    return requests.result(consent.reference, 'ais', context);
  }

  const port: Consents['port'] = {
    async createConsent(order, context) {
      if (order.explicitStart === true || order.combinedService === true) {
        throw refused(
          'unsupported',
          'createConsent',
          'Token.io has neither baskets nor sessions for payments.',
          context,
        );
      }
      const parts = partsOf(order, settings);
      const body = consentRequest(parts, settings, deps.connectionId);
      const reference = await requests.store('createConsent', body, 'ais', context);
      return snapshot(reference, 'awaitingAuthorisation', 'PENDING', { continuation: keptConsent(parts) });
    },

    async readConsent(consent, context) {
      const reference = consent.reference ?? '';
      const held = await consent.tokens.read();
      const said = held === null ? await fromRequest(consent, context) : null;
      const tokenId = held?.accessToken ?? said?.tokenId;
      if (tokenId === undefined || said?.status === 'REJECTED') {
        const word = said?.status ?? '';
        const known = requestResult(word);
        if (known === undefined)
          deps.warn({ operation: 'readConsent', message: `unknown result ${word.slice(0, 60)}` });
        // Processed without a token: it is about to be named.
        const state = word === 'PROCESSED' ? 'awaitingAuthorisation' : (known?.consent ?? null);
        return snapshot(reference, state, word, { psuMessage: said?.statusReasonInformation });
      }
      const current = await newest(consent, tokenId, context);
      const { state, validUntil } = endOf(current);
      const access = grantedAccess(current);
      return snapshot(reference, state, said?.status ?? state.toUpperCase(), {
        ...(validUntil !== undefined && { validUntil }),
        ...(access.length > 0 && { access }),
      });
    },

    async revokeConsent(consent, context) {
      const reference = consent.reference ?? '';
      const tokenId = (await consent.tokens.read())?.accessToken ?? (await fromRequest(consent, context)).tokenId;
      // Nobody has authorised it: there is nothing to cancel, and the request lapses by itself.
      if (tokenId === undefined) return snapshot(reference, 'revoked', 'PENDING');
      const path = ['tokens', tokenId, 'cancel'];
      const spec = { operation: 'revokeConsent', service: 'ais', method: 'PUT', path, psu: true } as const;
      const { value } = await client.call(spec, context, cancelAnswer);
      const word = value.result.status;
      if (word === 'SUCCESS') return snapshot(reference, 'revoked', word);
      // MORE_SIGNATURES_NEEDED and INVALID leave it as it is, and so does a word that nobody knows.
      return snapshot(reference, null, word);
    },
  };

  return {
    port,
    async tokenOf(consent, context) {
      const held = await consent.tokens.read();
      const tokenId = held?.accessToken ?? (await fromRequest(consent, context)).tokenId;
      if (tokenId !== undefined) return tokenId;
      const message = 'The PSU has not authorised the consent yet.';
      throw new ProviderError({
        kind: 'consent-invalid',
        provider: providerId,
        operation: 'readToken',
        traceId: context.traceId,
        message,
      });
    },

    async whyEnded(tokenId, context) {
      try {
        const { state } = endOf(await readToken(tokenId, context));
        return state === 'expired' ? 'expired' : 'revoked';
      } catch (error) {
        if (error instanceof ProviderError && error.kind !== 'unavailable') return 'revoked';
        throw error;
      }
    },
  };
}

/** The kinds of data that a token names. */
function grantedAccess({ payload }: WireToken): readonly AccessKind[] {
  const access: unknown = payload?.access;
  if (typeof access !== 'object' || access === null || !('resources' in access)) return [];
  return accessOf(wordsIn(access.resources));
}

/** Their resources are words, or objects whose member names the kind (`allAccountBalances`, `accountBalances`, ...). */
function wordsIn(resources: unknown): readonly string[] {
  if (!Array.isArray(resources)) return [];
  return resources.flatMap((one: unknown) => {
    if (typeof one === 'string') return [one];
    if (typeof one !== 'object' || one === null) return [];
    return Object.keys(one).map((name) => {
      if (/balance/i.test(name)) return 'BALANCES';
      if (/transaction/i.test(name)) return 'TRANSACTIONS';
      if (/standingOrder/i.test(name)) return 'STANDING_ORDERS';
      return /destination/i.test(name) ? 'TRANSFER_DESTINATIONS' : 'ACCOUNTS';
    });
  });
}
