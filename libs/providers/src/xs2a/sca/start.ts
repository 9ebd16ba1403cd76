import type { NextStep, ScaApproach } from '@tributary/domain';
import {
  type AuthorisationSnapshot,
  type CallbackTarget,
  type CallContext,
  ProviderError,
  type ProviderDeps,
  type ScaWish,
} from '../../port/index.js';
import type { Xs2aClient } from '../client.js';
import type { ScaAction } from './conversation.js';
import { wishHeaders } from '../headers.js';
import type { Links } from '../links.js';
import { type Bank, bankOf, type PasswordMember } from './bank.js';
import { challenge, nextMove, onlyEncrypted } from './next-move.js';
import type { OauthFlow } from './oauth.js';
import { type Proceed, type ScaProgress, unopened, unsupported } from './opening.js';
import type { Xs2aSettings } from '../settings.js';
import type { ScaSubject } from './subject.js';
import { scaAnswer, type WireSca } from '../wire.js';

export interface Starter {
  start(subject: ScaSubject, wish: ScaWish, context: CallContext): Promise<AuthorisationSnapshot>;
  /** The SCA that the bank opened together with the resource; undefined where it has to be started. */
  opened(
    subject: ScaSubject,
    answered: ScaProgress['answered'],
    wish: ScaWish,
    context: CallContext,
  ): Promise<AuthorisationSnapshot | undefined>;
  /** OAuth before anything else exists at the bank. */
  preStep(callback: CallbackTarget, context: CallContext): Promise<AuthorisationSnapshot>;
}

/** Opens SCAs: explicitly by the start links, or by what came along when the bank opened one together with the resource. */
export function createStarter(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  oauth: OauthFlow,
  proceed: Proceed,
): Starter {
  const bank = bankOf(settings);

  async function preStep(callback: CallbackTarget, context: CallContext): Promise<AuthorisationSnapshot> {
    const { url, grant } = await oauth.begin({ callback }, context);
    return unopened({ type: 'redirect', url }, 'oauth', { callback, grant }, deps.now());
  }

  async function post(subject: ScaSubject, url: URL, approach: ScaApproach, wish: ScaWish, context: CallContext) {
    const headers = wishHeaders(wish.approach ?? settings.scaPreference, wish.callback);
    const spec = {
      operation: 'startAuthorisation',
      service: subject.service,
      method: 'POST',
      url,
      headers,
      body: {},
    } as const;
    const answered = await client.call(spec, subject.caller, context, scaAnswer);
    const { callback } = wish;
    return proceed(subject, { answered, at: 'authorisations', reference: null, approach, callback }, context);
  }

  return {
    preStep,
    async opened(subject, answered, { approach = settings.scaPreference, callback }, context) {
      if (!openedByCreation(answered.links)) return undefined;
      try {
        return await proceed(subject, { answered, at: 'resource', reference: null, approach, callback }, context);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        // The consent or payment exists all the same, and must not be lost; `start` tries this again.
        deps.warn({ operation: 'openAuthorisation', message: error.message });
        return undefined;
      }
    },
    async start(subject, wish, context) {
      const { callback } = wish;
      if (subject.reference === null) {
        if (settings.oauth?.mode === 'pre-step') return preStep(callback, context);
        throw unsupported(
          'There is nothing to authorise yet: the institution has not made the consent or payment.',
          context,
        );
      }
      const { links, opened, sca } = subject.state;
      const approach = subject.state.approach ?? wish.approach ?? settings.scaPreference;
      const { _links: _, ...created } = scaAnswer(sca, 'continuation.sca');
      const deferred = deferredStart(links, created, approach, settings.passwordAtStart === true, bank);
      if (deferred) {
        const { step, action } = deferred;
        return unopened(step, approach, { callback, action }, deps.now());
      }
      const startLink = links['startAuthorisation'] ?? links['startAuthorisationWithPsuIdentification'];
      if (startLink !== undefined) return post(subject, new URL(startLink), approach, wish, context);
      if (links['startAuthorisationWithEncryptedPsuAuthentication'] !== undefined) {
        throw unsupported(onlyEncrypted.why, context);
      }
      if (!opened && wish.anew !== true && openedByCreation(links)) {
        const answered = { value: created, links, url: subject.url, approach: undefined };
        return proceed(subject, { answered, at: 'resource', reference: null, approach, callback }, context);
      }
      const own = new URL(subject.url);
      own.pathname = `${own.pathname}/${subject.authorisations}`;
      return post(subject, own, approach, wish, context);
    },
  };
}

/** Whether the links of a new consent or payment belong to an SCA that the bank opened with it (implicit start). */
export function openedByCreation(links: Links): boolean {
  const names = Object.keys(links);
  if (names.some((name) => name.startsWith('startAuthorisation'))) return false;
  return names.some((name) => /^(sca|update|selectAuth|authoriseTransaction)/.test(name));
}

interface DeferredStart {
  readonly step: NextStep;
  readonly action: ScaAction;
}

/** Where the PSU's answer itself makes the authorisation, the step comes first and the call with its answer. */
function deferredStart(
  links: Links,
  created: Omit<WireSca, '_links'>,
  approach: ScaApproach,
  passwordAtStart: boolean,
  bank: Bank,
): DeferredStart | null {
  const select = links['startAuthorisationWithAuthenticationMethodSelection'];
  if (select !== undefined) {
    const facts = { sca: created, links: { selectAuthenticationMethod: select }, authorisationUrl: undefined };
    const move = nextMove({ ...facts, approach, bank });
    if (move.type === 'ask') return { step: move.step, action: { ...move.action, method: 'POST', url: select } };
  }
  const authorise = links['startAuthorisationWithTransactionAuthorisation'];
  if (authorise !== undefined) {
    const step = challenge(created.challengeData, created.psuMessage);
    return { step, action: { sends: 'scaAuthenticationData', method: 'POST', url: authorise } };
  }
  const start = passwordStart(links, approach, passwordAtStart, bank);
  if (start === null) return null;
  const [sends, url] = start;
  // One bank calls so the link of an authorisation that is there already.
  const method = /authorisations\/[^/]+$/.test(new URL(url).pathname) ? 'PUT' : 'POST';
  return { step: bank.credentials(sends), action: { sends, method, url } };
}

/** The link that wants the password with the start; what can be encrypted is. */
function passwordStart(
  links: Links,
  approach: ScaApproach,
  passwordAtStart: boolean,
  bank: Bank,
): readonly [PasswordMember, string] | null {
  const entersPassword = approach === 'embedded' || approach === 'decoupled';
  const bare = links['startAuthorisation'];
  if (bare === undefined || entersPassword) {
    const encrypted = links['startAuthorisationWithEncryptedPsuAuthentication'];
    if (encrypted !== undefined && bank.takesEncrypted) return ['encryptedPassword', encrypted];
    const clear = links['startAuthorisationWithPsuAuthentication'];
    if (clear !== undefined) return ['password', clear];
  }
  return passwordAtStart && entersPassword && bare !== undefined ? ['password', bare] : null;
}
