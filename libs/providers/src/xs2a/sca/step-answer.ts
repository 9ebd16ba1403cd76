import type { NextStep, StepAnswer } from '@tributary/domain';
import { type CallContext, ProviderError } from '../../port/index.js';
import { encrypts, fieldOf } from './bank.js';
import type { ScaAction } from './conversation.js';
import type { EncryptPassword } from './password-encryption.js';
import { providerId } from '../settings.js';

/** What a request body needs from the connection. */
export interface BodyParts {
  /** Absent: passwords go in clear (inside TLS). */
  readonly encrypt?: EncryptPassword | undefined;
}

/**
 * The request body that carries a PSU's answer. Throws ProviderError `rejected` (nothing was sent) for an answer that does not fit the
 * step, naming the field; a value is never repeated.
 */
export async function bodyFor(
  action: ScaAction,
  step: NextStep,
  answer: StepAnswer,
  { encrypt }: BodyParts,
  context: CallContext,
): Promise<unknown> {
  switch (action.sends) {
    case 'password':
    case 'additionalPassword':
    case 'encryptedPassword':
    case 'additionalEncryptedPassword': {
      const { [fieldOf(action.sends)]: password = '', ...further } = entered(step, answer, context);
      if (!encrypts(action.sends)) return { psuData: { [action.sends]: password, ...further } };
      if (encrypt === undefined) throw misfit('the key of the institution is no longer in the connection', context);
      return { psuData: { [action.sends]: await encrypt(password), ...further } };
    }
    case 'methodId':
      return { authenticationMethodId: methodId(step, answer, context) };
    case 'scaAuthenticationData':
    case 'confirmationCode':
      if (answer.type !== 'challenge') throw misfit(`the next step is a challenge; send "code"`, context);
      if (answer.code === '') throw misfit('"code" is empty', context);
      return { [action.sends]: answer.code };
  }
}

/** Exactly the fields that the step asks for, each with something in it. */
function entered(step: NextStep, answer: StepAnswer, context: CallContext): Readonly<Record<string, string>> {
  const asked = step.type === 'credentials' ? step.fields.map(({ name }) => name) : [];
  if (answer.type !== 'credentials') {
    throw misfit(`the next step asks for ${asked.map((name) => `"credentials.${name}"`).join(', ')}`, context);
  }
  const { credentials } = answer;
  if (Object.keys(credentials).some((given) => !asked.includes(given))) {
    const wanted = asked.map((name) => `"${name}"`).join(', ');
    throw misfit(`"credentials" has a field that was not asked for; send ${wanted} only`, context);
  }
  const missing = asked.find((name) => !Object.hasOwn(credentials, name) || credentials[name] === '');
  if (missing !== undefined) throw misfit(`"credentials.${missing}" is missing`, context);
  return credentials;
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
