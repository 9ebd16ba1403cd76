import type { NextStep, StepAnswer } from '@tributary/domain';
import { Refusal } from '../refusal.js';

/**
 * Refuses an answer that does not fit the open step, before anything is sent: a wrong try can count at the bank.
 * @throws Refusal `step_not_open`, `invalid_request`
 */
export function checkAnswer(step: NextStep | null, answer: StepAnswer): void {
  if (answer.type === 'ask') return;
  if (step?.type !== answer.type) {
    const open = step === null ? 'No step is open' : `The open step is \`${step.type}\``;
    throw new Refusal('step_not_open', `${open}; an answer to \`${answer.type}\` does not fit. Send {} to ask again.`);
  }
  if (answer.type === 'selectMethod' && step.type === 'selectMethod') {
    if (step.methods.some((method) => method.id === answer.methodId)) return;
    throw wrong('/methodId', 'unknown_method', 'must be the id of one of the methods of the open step');
  }
  if (answer.type === 'credentials' && step.type === 'credentials') {
    const names = new Set(step.fields.map((field) => field.name));
    for (const name of Object.keys(answer.credentials)) {
      if (!names.has(name)) throw wrong(pointer(name), 'unknown_field', 'is not a field of the open step');
    }
    for (const name of names) {
      if (!answer.credentials[name]) throw wrong(pointer(name), 'required', 'is required by the open step');
    }
  }
}

function wrong(at: string, code: string, message: string): Refusal {
  return new Refusal('invalid_request', 'The answer does not fit the open step.', {
    errors: [{ pointer: at, code, message }],
  });
}

/** JSON Pointer (RFC 6901 section 3). */
const pointer = (name: string): string => `/credentials/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
