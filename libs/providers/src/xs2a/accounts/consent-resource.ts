import type { AccountInformation, CallContext, ConsentOrder, ConsentSnapshot, ProviderDeps } from '../../port/index.js';
import type { Caller, Xs2aClient } from '../client.js';
import { kept, resourceOf, scaMembers } from '../sca/conversation.js';
import { startHeader, wishHeaders } from '../headers.js';
import { known, psuHeadersRequired, withoutPsuStep } from '../precondition.js';
import type { Xs2aSettings } from '../settings.js';
import { disclosureOf } from '../disclosure.js';
import type { Starter } from '../sca/start.js';
import { consentState } from '../status.js';
import { consentSubject } from '../sca/subject.js';
import { consent, consentCreated, consentDeleted, type WireConsent } from '../wire.js';

export type Consents = Pick<AccountInformation, 'createConsent' | 'readConsent' | 'revokeConsent'>;

/** What one kind of consent has for itself; everything else is the same for all. */
export interface ConsentKind {
  /** Of the collection. */
  readonly path: readonly string[];
  /** The body of its creation. @throws ProviderError for what the bank would not take */
  request(
    order: ConsentOrder,
    context: CallContext,
  ): { readonly body: object; readonly accessShape?: string | undefined };
  /** What it grants, read back. */
  granted(wire: WireConsent): Partial<Pick<ConsentSnapshot, 'validUntil' | 'frequencyPerDay' | 'access'>>;
}

/** Makes, reads and ends consents of one kind. */
export function createConsentResource(
  kind: ConsentKind,
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  starter: Starter,
): Consents {
  const preStep = settings.oauth?.mode === 'pre-step';

  function snapshot(word: string, reference: string, rest: Omit<Partial<ConsentSnapshot>, 'state'>): ConsentSnapshot {
    const state = consentState(word, settings.profile?.consentStatuses);
    if (state === null) deps.warn({ operation: 'readConsent', message: `unknown consentStatus ${word.slice(0, 60)}` });
    return { reference, state, upstreamStatus: word, continuation: null, observedAt: deps.now(), ...rest };
  }

  return {
    async createConsent(order, context) {
      psuHeadersRequired(settings, context, 'createConsent');
      if (preStep && (await order.tokens.read()) === null) {
        const authorisation = await starter.preStep(order.callback, context);
        const continuation = order.continuation;
        return {
          reference: null,
          state: 'created',
          upstreamStatus: '',
          authorisation,
          continuation,
          observedAt: deps.now(),
        };
      }
      const { body, accessShape } = kind.request(order, context);
      const wish = order.scaPreference ?? settings.scaPreference;
      const headers = { ...wishHeaders(wish, order.callback), ...startHeader(settings, order.explicitStart) };
      const url = client.url(...kind.path);
      const spec = { operation: 'createConsent', service: 'ais', method: 'POST', url, headers, body } as const;
      // With OAuth as SCA there is no token yet, and one sent along would be refused.
      const caller: Caller = { psu: order.psu, tokens: preStep ? order.tokens : null };
      const answered = await withoutPsuStep(client.call(spec, caller, context, consentCreated));
      const { value, links, approach } = answered;
      const begun = {
        ...resourceOf(null),
        links,
        approach,
        sca: scaMembers(answered.members),
        accessShape,
      };
      const held = { ...order, reference: value.consentId, continuation: kept(begun) };
      const subject = { ...consentSubject(held, settings, client), caller };
      const authorisation = await starter.opened(
        subject,
        answered,
        { approach: wish, callback: order.callback },
        context,
      );
      const state = { ...begun, opened: authorisation !== undefined };
      return snapshot(value.consentStatus, value.consentId, {
        authorisation,
        continuation: kept(state),
        ...disclosureOf(value),
      });
    },

    async readConsent(held, context) {
      const reference = known(held.reference, 'readConsent', context);
      const url = client.url(...kind.path, reference);
      const spec = { operation: 'readConsent', service: 'ais', method: 'GET', url } as const;
      const { value } = await client.call(spec, { psu: held.psu, tokens: held.tokens }, context, consent);
      return snapshot(value.consentStatus, reference, {
        ...kind.granted(value),
        ...disclosureOf(value),
        continuation: held.continuation,
      });
    },

    async revokeConsent(held, context) {
      const reference = known(held.reference, 'revokeConsent', context);
      const url = client.url(...kind.path, reference);
      const spec = { operation: 'revokeConsent', service: 'ais', method: 'DELETE', url } as const;
      const { value, links } = await client.call(spec, { psu: held.psu, tokens: held.tokens }, context, consentDeleted);
      // 204: the framework's word for a consent that we ended. 202: it still stands, and the PSU has to confirm the end of it.
      const word = value?.consentStatus ?? (value === undefined ? 'terminatedByTpp' : '');
      const state = {
        ...resourceOf(held.continuation),
        ...(Object.keys(links).length > 0 && { links, opened: false }),
      };
      return snapshot(word, reference, { psuMessage: value?.psuMessage, continuation: kept(state) });
    },
  };
}
