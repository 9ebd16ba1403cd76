import type { NextStep, StepAnswer } from '@tributary/domain';
import { Refusal } from '../refusal.js';
import { checkAnswer } from './step-answer.js';

const steps: Record<string, NextStep | null> = {
  nothing: null,
  redirect: { type: 'redirect', url: 'https://bank.example' },
  credentials: { type: 'credentials', fields: [{ name: 'a/b', label: 'A', secret: true }] },
  selectMethod: {
    type: 'selectMethod',
    methods: [{ id: 'sms', type: 'SMS_OTP', name: 'SMS', decoupled: false }],
  },
  challenge: { type: 'challenge', isRetry: false },
  wait: { type: 'wait', pollAfterSeconds: 2 },
};
const answers: Record<string, StepAnswer> = {
  ask: { type: 'ask' },
  credentials: { type: 'credentials', credentials: { 'a/b': 'x' } },
  selectMethod: { type: 'selectMethod', methodId: 'sms' },
  challenge: { type: 'challenge', code: '1' },
};

function verdict(step: NextStep | null, answer: StepAnswer): unknown {
  try {
    checkAnswer(step, answer);
    return 'fits';
  } catch (error) {
    return error instanceof Refusal ? (error.details.errors?.[0]?.pointer ?? error.code) : error;
  }
}

describe('an answer to a step', () => {
  const pairs = Object.entries(steps).flatMap(([step, open]) =>
    Object.entries(answers).map(([answer, given]) => ({ step, answer, open, given })),
  );
  it.each(pairs)('$answer to $step', ({ step, answer, open, given }) => {
    expect(verdict(open, given)).toBe(answer === 'ask' || answer === step ? 'fits' : 'step_not_open');
  });

  it.each([
    ['selectMethod', { type: 'selectMethod', methodId: 'push' }, '/methodId'],
    ['credentials', { type: 'credentials', credentials: {} }, '/credentials/a~1b'],
    ['credentials', { type: 'credentials', credentials: { 'a/b': '' } }, '/credentials/a~1b'],
    ['credentials', { type: 'credentials', credentials: { 'a/b': 'x', '~': 'y' } }, '/credentials/~0'],
  ] as const)('to %s is refused with the field at fault', (step, answer, pointer) => {
    expect(verdict(steps[step] ?? null, answer)).toBe(pointer);
  });
});
