import { type Evidence, excusableIn, faultsIn, judge, type KeptPayment } from './judge.js';
import type { Intent } from './plan.js';

const intent: Intent = {
  index: 0,
  amount: '1.01',
  key: 'k',
  connection: 0,
  username: 'anna',
  decision: 'confirm',
  fault: null,
  twice: false,
};
const settled: KeptPayment = {
  id: 'pay_1',
  key: 'k',
  amount: '1.01',
  status: 'settled',
  final: true,
  reference: 'ref-1',
  ageSeconds: 9,
};
const execution = { amount: '1.01', reference: 'ref-1' };
const fine: Evidence = {
  intents: [intent],
  payments: [settled],
  ledger: { executions: [execution], taken: [execution] },
  events: [{ id: 'evt_1', paymentId: 'pay_1', status: 'settled', final: true }],
  receivedEvents: new Set(['evt_1']),
  told: new Map([['k', ['pay_1']]]),
  findsOut: new Map(),
  interrupted: new Set(),
};

it('finds nothing where both books agree', () => {
  expect(faultsIn(judge(fine))).toBe(0);
});

it.each<[keyof ReturnType<typeof judge>, string, Partial<Evidence>]>([
  ['lost', 'settled without an execution', { ledger: { executions: [], taken: [execution] } }],
  ['lost', 'executed, and told to be rejected', { payments: [{ ...settled, status: 'rejected' }] }],
  ['doubled', 'one order executed twice', { ledger: { executions: [execution, execution], taken: [execution] } }],
  ['doubled', 'one key, two payments', { told: new Map([['k', ['pay_1', 'pay_2']]]) }],
  ['ghosts', 'executed without a payment', { payments: [] }],
  [
    'ghosts',
    'another amount than anybody ordered',
    { ledger: { executions: [execution, { amount: '9.99', reference: 'ref-9' }], taken: [] } },
  ],
  [
    'orphans',
    'a payment at the bank that nobody names',
    { ledger: { executions: [execution], taken: [execution, { amount: '1.01', reference: 'ref-2' }] } },
  ],
  ['stuck', 'neither final nor unknown', { payments: [{ ...settled, status: 'processing', final: false }] }],
  [
    'regressed',
    'an end that did not stay',
    {
      events: [
        { id: 'evt_1', paymentId: 'pay_1', status: 'settled', final: true },
        { id: 'evt_2', paymentId: 'pay_1', status: 'processing', final: false },
      ],
      receivedEvents: new Set(['evt_1', 'evt_2']),
    },
  ],
  ['untold', 'an event that never came', { receivedEvents: new Set() }],
])('finds %s: %s', (kind, _what, change) => {
  const findings = judge({ ...fine, ...change });
  expect(findings[kind]).toHaveLength(1);
});

// Carried out: with every unknown payment excused, as it was, the three cases that expect `stuck` fail.
describe('an unknown payment', () => {
  const unknown = { ...settled, status: 'unknown', final: false, reference: null };
  const nothingTaken = { executions: [], taken: [] };
  const evidence: Evidence = { ...fine, payments: [unknown], events: [] };
  const spoiled: Evidence = { ...evidence, intents: [{ ...intent, fault: 'reset-after' }] };

  it('is excused where a fault of the bank took its answer, whatever the bank has', () => {
    expect(faultsIn(judge(spoiled))).toBe(0);
    expect(faultsIn(judge({ ...spoiled, ledger: nothingTaken }))).toBe(0);
    expect(excusableIn(spoiled).size).toBe(1);
  });

  it('is excused where a death broke its sending off', () => {
    const interrupted = new Set(['pay_1']);
    expect(faultsIn(judge({ ...evidence, interrupted }))).toBe(0);
    expect(excusableIn({ ...evidence, interrupted }).size).toBe(1);
  });

  it('stands still where nothing took its answer', () => {
    expect(judge(evidence).stuck).toHaveLength(1);
    expect(excusableIn(evidence).size).toBe(0);
  });

  it('stands still where the bank has it and could have been asked', () => {
    const findsOut = new Map([['1.01', { by: 'look-up', afterSeconds: 30 } as const]]);
    expect(judge({ ...spoiled, findsOut }).stuck).toHaveLength(1);
    expect(faultsIn(judge({ ...spoiled, findsOut, ledger: nothingTaken }))).toBe(0);
  });

  it('stands still where the bank recognises a repeated order, whether it has it or not', () => {
    const findsOut = new Map([['1.01', { by: 'repeat' } as const]]);
    expect(judge({ ...spoiled, findsOut }).stuck).toHaveLength(1);
    expect(judge({ ...spoiled, findsOut, ledger: nothingTaken }).stuck).toHaveLength(1);
    expect(excusableIn({ ...spoiled, findsOut }).size).toBe(0);
  });
});
