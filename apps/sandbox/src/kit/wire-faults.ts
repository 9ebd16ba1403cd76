import type { EventEmitter } from 'node:events';
import { WIRE_FAULTS, type Fault, type WireFaultKind } from './faults.js';
import type { Stalls } from './stalls.js';

/** An answer of any upstream: JSON, or a text with its own content type. */
export interface WireAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** What a wire fault does to a request: another answer, or a connection that is cut. */
export type FaultEffect = WireAnswer | 'cut' | undefined;

/**
 * Lets the wire faults of one moment act, in the order in which they were arranged. The first that spoils the answer
 * wins. Faults of the upstream's own kinds are left to it.
 * @param caller emits `close` when nobody waits for the answer any more.
 * @param errorAnswer the upstream's words for the fault `error`.
 */
export async function actFaults<Kind extends string>(
  stalls: Stalls,
  caller: EventEmitter,
  faults: readonly Fault<Kind>[],
  when: Fault['when'],
  errorAnswer: (fault: Fault<Kind>) => WireAnswer,
): Promise<FaultEffect> {
  for (const fault of faults.filter((candidate) => candidate.when === when)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is meant: delays add up
    const effect = await act(stalls, caller, fault, errorAnswer);
    if (effect !== undefined) {
      return effect;
    }
  }
  return undefined;
}

async function act<Kind extends string>(
  stalls: Stalls,
  caller: EventEmitter,
  fault: Fault<Kind>,
  errorAnswer: (fault: Fault<Kind>) => WireAnswer,
): Promise<FaultEffect> {
  if (!isWireFault(fault.kind)) {
    return undefined;
  }
  switch (fault.kind) {
    case 'delay':
      await stalls.wait(caller, fault.ms);
      return undefined;
    case 'hang':
      await stalls.wait(caller);
      return 'cut';
    case 'reset':
      return 'cut';
    case 'error':
      return errorAnswer(fault);
    case 'wrongJson':
      return {
        status: fault.httpStatus ?? 200,
        body: '{"accounts": [{"iban": "DE',
        headers: { 'Content-Type': 'application/json' },
      };
    case 'html':
      return {
        status: fault.httpStatus ?? 200,
        body: '<!doctype html><html lang="en"><title>Maintenance</title><p>We are back soon.</p></html>',
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
      };
  }
}

function isWireFault(kind: string): kind is WireFaultKind {
  return WIRE_FAULTS.some((known) => known === kind);
}
