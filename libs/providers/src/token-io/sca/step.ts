import type { NextStep, StepAnswer } from '@tributary/domain';
import { browserLink } from '../../kit/links.js';
import { refused } from '../client.js';
import type { WireField } from '../wire.js';

/** How many seconds to wait before asking again about what happens elsewhere. */
const pollAfterSeconds = 3;

export const waitStep = (message?: string): NextStep => ({ type: 'wait', message, pollAfterSeconds });

/** The browser goes to the bank, or to Token.io's own pages. */
export function redirectStep(url: string): NextStep {
  return { type: 'redirect', url: browserLink(url, new URL('https://token.io'), 'redirectUrl') };
}

/** What a bank asks the PSU for: fields, and what to show beside them. */
export interface Question {
  readonly fields: readonly WireField[];
  readonly message?: string | undefined;
  readonly image?: string | undefined;
  /** The PSU answered something before in this conversation. */
  readonly answeredBefore: boolean;
  readonly isRetry: boolean;
}

const inputs: ReadonlySet<string> = new Set(['FIELD', 'PASSWORD', 'CHOICE_FIELD']);

/**
 * A question as a step. One choice is `selectMethod`; one input that follows an earlier answer, or comes with an image, is a
 * `challenge`; everything else is `credentials`. Fields that only show something become its words.
 */
export function questionStep(question: Question): NextStep {
  const { fields, answeredBefore, isRetry } = question;
  const asked = fields.filter(({ type }) => inputs.has(type));
  const words = [
    question.message,
    ...fields.filter(({ type }) => type === 'PSU_MESSAGE' || type === 'DECOUPLED').map(wordsOf),
  ];
  const message = words.filter((text) => text !== undefined && text !== '').join(' ') || undefined;
  const image = question.image ?? fields.find(({ image: shown }) => shown !== undefined)?.image;
  const flicker = fields.find(({ flickerCode }) => flickerCode !== undefined)?.flickerCode;
  const [only] = asked;
  if (only === undefined) return waitStep(message);
  if (asked.length === 1 && only.options.length > 0) return { type: 'selectMethod', methods: methodsOf(only) };
  if (asked.length === 1 && (answeredBefore || image !== undefined || flicker !== undefined)) {
    const prompt = [message, wordsOf(only), flicker && `Flicker code: ${flicker}`].filter(Boolean).join(' ');
    return { type: 'challenge', prompt: prompt || undefined, image, isRetry };
  }
  return {
    type: 'credentials',
    fields: asked.map((field) => ({
      name: field.id,
      label: field.displayName ?? field.id,
      secret: field.type === 'PASSWORD',
      help: field.additionalInformation ?? field.description ?? choices(field),
    })),
    ...(isRetry && { isRetry }),
  };
}

/** Ids of the inputs of a question, for its answer. */
export function inputIds(fields: readonly WireField[]): readonly string[] {
  return fields.filter(({ type }) => inputs.has(type)).map(({ id }) => id);
}

/** The PSU's answer by field, as Token.io takes it. @throws ProviderError `rejected` for an answer to another question */
export function answerFields(ids: readonly string[], answer: StepAnswer): Readonly<Record<string, string>> {
  switch (answer.type) {
    case 'credentials': {
      const wanted = ids.filter((id) => Object.hasOwn(answer.credentials, id));
      if (wanted.length === 0)
        throw refused('rejected', 'answerAuthorisation', `Answer with the fields ${ids.join(', ')}.`);
      return Object.fromEntries(wanted.map((id) => [id, answer.credentials[id] ?? '']));
    }
    case 'selectMethod':
      return single(ids, answer.methodId);
    case 'challenge':
      return single(ids, answer.code);
    case 'ask':
      return {};
  }
}

function single(ids: readonly string[], value: string): Readonly<Record<string, string>> {
  const [id] = ids;
  if (id === undefined) throw refused('rejected', 'answerAuthorisation', 'No answer is asked for now.');
  return { [id]: value };
}

function wordsOf({ displayName, description, additionalInformation }: WireField): string | undefined {
  return [...new Set([displayName, description, additionalInformation])].filter(Boolean).join(' ') || undefined;
}

const choices = ({ options }: WireField): string | undefined =>
  options.length === 0 ? undefined : `One of: ${options.join(', ')}`;

/** Their options are texts; how each works is not said, but a push to an app needs no code. */
function methodsOf({ options }: WireField) {
  return options.map((option) => ({
    id: option,
    type: option,
    name: option,
    decoupled: /push|app|decoupled/i.test(option),
  }));
}
