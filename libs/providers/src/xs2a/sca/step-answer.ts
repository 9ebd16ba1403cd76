import type { NextStep, StepAnswer } from '@tributary/domain';
import { type CallContext, ProviderError } from '../../port/index.js';
import type { ScaAction } from './conversation.js';
import { providerId } from '../settings.js';

/**
 * The request body that carries a PSU's answer. Throws ProviderError `rejected` (nothing was sent) for an answer that does not fit the
 * step, naming the field; a value is never repeated.
 */
export function bodyFor(action: ScaAction, step: NextStep, answer: StepAnswer, context: CallContext): unknown {
  switch (action.sends) {
    case 'password':
    case 'additionalPassword':
      return { psuData: { [action.sends]: credential(action.sends, answer, context) } };
    case 'methodId':
      return { authenticationMethodId: methodId(step, answer, context) };
    case 'scaAuthenticationData':
    case 'confirmationCode':
      if (answer.type !== 'challenge') throw misfit(`the next step is a challenge; send "code"`, context);
      if (answer.code === '') throw misfit('"code" is empty', context);
      return { [action.sends]: answer.code };
  }
}

function credential(name: string, answer: StepAnswer, context: CallContext): string {
  if (answer.type !== 'credentials') throw misfit(`the next step asks for "credentials.${name}"`, context);
  const unknown = Object.keys(answer.credentials).find((given) => given !== name);
  if (unknown !== undefined)
    throw misfit(`"credentials" has a field that was not asked for; send "${name}" only`, context);
  const value = Object.hasOwn(answer.credentials, name) ? answer.credentials[name] : undefined;
  if (value === undefined || value === '') throw misfit(`"credentials.${name}" is missing`, context);
  return value;
}

function methodId(step: NextStep, answer: StepAnswer, context: CallContext): string {
  if (answer.type !== 'selectMethod') throw misfit('the next step is to choose a method; send "methodId"', context);
  const offered = step.type === 'selectMethod' && step.methods.some(({ id }) => id === answer.methodId);
  if (!offered) throw misfit('"methodId" is none of the methods that were offered', context);
  return answer.methodId;
}

/** The step once more, after a wrong password or code. */
export function stepAgain(step: NextStep | null): NextStep | null {
  return step?.type === 'challenge' || step?.type === 'credentials' ? { ...step, isRetry: true } : step;
}

export function misfit(why: string, { traceId }: CallContext): ProviderError {
  const message = `The answer does not fit: ${why}. Nothing was sent to the institution.`;
  return new ProviderError({
    kind: 'rejected',
    provider: providerId,
    operation: 'answerAuthorisation',
    traceId,
    message,
  });
}
