import { type Read, record, text } from '../kit/json.js';
import { browserLink } from '../kit/links.js';
import { deriveUuid } from '../kit/reference.js';
import {
  type AuthorisationSnapshot,
  type CallbackQuery,
  type CallbackTarget,
  type CallContext,
  type Continuation,
  ProviderError,
  type ProviderDeps,
} from '../port/index.js';
import type { TellConnectClient } from './client.js';
import { assumptionsOf, defaults, providerId, type TellConnectSettings } from './settings.js';
import { intentAnswer } from './wire.js';

export type IntentScope = 'aisp' | 'pisp';

const state = record({ intentId: text, uuid: text, /** RFC 3339. */ openedAt: text });
/** An authorisation that the PSU is to give: their name of it and ours. */
export type Intent = Read<typeof state>;

export const intentOf = (continuation: Continuation): Intent => state(continuation, 'continuation');

export interface OpenedIntent extends Intent {
  readonly authorisation: AuthorisationSnapshot;
}

export interface Intents {
  /**
   * Opens one for a consent or a payment of ours.
   * @param again not the first one for it: in production a uuid is good once
   */
  open(
    scope: IntentScope,
    id: string,
    callback: CallbackTarget,
    context: CallContext,
    again?: boolean,
  ): Promise<OpenedIntent>;
}

/** "User Authorisation": an intent, and the place where its PSU accepts it. */
export function createIntents(settings: TellConnectSettings, deps: ProviderDeps, client: TellConnectClient): Intents {
  const { aspspId: aspsp, sandboxSca, authorisationPath: path } = { ...defaults, ...settings };
  const operation = 'createIntent';

  async function ask(scope: IntentScope, uuid: string, context: CallContext): Promise<OpenedIntent> {
    const json = { aspsp, uuid, scope, sandbox_sca: sandboxSca };
    const base = new URL(settings.baseUrl);
    const { value } = await client.own({ operation, method: 'POST', path, json }, context, (tree, at) => {
      const answer = intentAnswer(tree, at);
      return { intentId: answer['intent-id'], url: browserLink(answer.location, base, 'location') };
    });
    const { intentId, url } = value;
    const observedAt = deps.now();
    const openedAt = observedAt.toISOString();
    const authorisation: AuthorisationSnapshot = {
      reference: null,
      approach: 'redirect',
      scaStatus: 'received',
      upstreamStatus: '',
      nextStep: { type: 'redirect', url },
      // There is no state on the way back. The intent's id is unguessable; the uuid has to fit as well.
      returnState: `${intentId}.${uuid}`,
      continuation: { intentId, uuid, openedAt },
      observedAt,
    };
    return { intentId, uuid, openedAt, authorisation };
  }

  return {
    async open(scope, id, callback, context, again = false) {
      // Ours for the first, so that both sides know it by our id; the next one is also of this way back, which is new.
      const first = deriveUuid(deps.connectionId, id, 'intent');
      const next = deriveUuid(deps.connectionId, `${id}|${callback.state}`, 'intent');
      if (again) return ask(scope, next, context);
      try {
        return await ask(scope, first, context);
      } catch (error) {
        // The answer to an earlier try was lost.
        const taken = error instanceof ProviderError && error.facts.upstream?.code === 'duplicate_uuid';
        if (!taken) throw error;
        return ask(scope, next, context);
      }
    },
  };
}

/**
 * The code that a PSU brings back; null where they declined or could not log in; undefined where the return is not that of
 * this intent.
 */
export function returnedCode(
  settings: TellConnectSettings,
  { intentId, uuid }: Intent,
  query: CallbackQuery,
): string | null | undefined {
  if (query['intent-id'] !== intentId || query['uuid'] !== uuid) return undefined;
  const code = query['authorisation_code']?.trim() ?? '';
  const noCode: readonly string[] = assumptionsOf(settings).noCode;
  return code === '' || noCode.includes(code.toLowerCase()) ? null : code;
}

/** Says that there is no such thing here. Nothing was sent. */
export function unsupported(operation: string, message: string, context?: CallContext): ProviderError {
  const { traceId } = context ?? {};
  return new ProviderError({ kind: 'unsupported', provider: providerId, operation, traceId, message });
}
