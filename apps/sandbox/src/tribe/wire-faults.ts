import type { EventEmitter } from 'node:events';
import type { Fault } from '../kit/faults.js';
import type { Hub } from './hub.js';
import type { HubFault } from './operations.js';

/** What a fault does to a call: cut the connection, or answer something else. */
export type FaultEffect =
  | { kind: 'cut' }
  | { kind: 'error'; status: number; code: string | undefined; title: string }
  | { kind: 'text'; status: number; type: string; text: string }
  | undefined;

/** Lets the faults of one moment act, in the order in which they were arranged; the first that spoils the answer wins. */
export async function actFaults(
  hub: Hub,
  caller: EventEmitter,
  faults: readonly Fault<HubFault>[],
  when: Fault['when'],
): Promise<FaultEffect> {
  for (const fault of faults.filter((candidate) => candidate.when === when)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is meant: delays add up
    const effect = await act(hub, caller, fault);
    if (effect) {
      return effect;
    }
  }
  return undefined;
}

async function act(hub: Hub, caller: EventEmitter, fault: Fault<HubFault>): Promise<FaultEffect> {
  switch (fault.kind) {
    case 'delay':
      await hub.stalls.wait(caller, fault.ms);
      return undefined;
    case 'hang':
      await hub.stalls.wait(caller);
      return { kind: 'cut' };
    case 'reset':
      return { kind: 'cut' };
    case 'error':
      return {
        kind: 'error',
        status: fault.httpStatus ?? 500,
        code: fault.code,
        title: fault.reason ?? 'Arranged by a fault',
      };
    case 'wrongJson':
      return { kind: 'text', status: fault.httpStatus ?? 200, type: 'application/json', text: '{"accounts": [{"resou' };
    case 'html':
      return {
        kind: 'text',
        status: fault.httpStatus ?? 200,
        type: 'text/html; charset=utf-8',
        text: '<!doctype html><html lang="en"><title>Maintenance</title><p>We are back soon.</p></html>',
      };
    case 'spoilWebhook':
    case 'doubleWebhook':
    case 'reject':
    case 'slowSettlement':
    case 'revokeConsent':
      return undefined;
  }
}
