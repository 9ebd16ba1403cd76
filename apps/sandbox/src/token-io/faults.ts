import type { EventEmitter } from 'node:events';
import type { Fault } from '../kit/faults.js';
import type { Answer } from './answer.js';
import { ApiError } from './api-error.js';
import type { Hub, HubFault } from './hub.js';

/** What a wire fault does to a request: another answer, an error, or a connection that is cut. */
export type FaultEffect = Answer | ApiError | 'cut' | undefined;

/** Lets the faults of one moment act, in the order in which they were arranged. The first that spoils the answer wins. */
export async function actFaults(
  hub: Hub,
  caller: EventEmitter,
  faults: readonly Fault<HubFault>[],
  when: Fault['when'],
): Promise<FaultEffect> {
  for (const fault of faults.filter((candidate) => candidate.when === when)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is meant: delays add up
    const effect = await act(hub, caller, fault);
    if (effect !== undefined) {
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
      return 'cut';
    case 'reset':
      return 'cut';
    case 'error': {
      const external = fault.code === 'bank';
      const errorCode = external ? undefined : fault.code;
      return new ApiError(fault.httpStatus ?? 500, fault.reason ?? 'Arranged by a fault', {
        external,
        ...(errorCode === undefined ? {} : { errorCode }),
      });
    }
    case 'wrongJson':
      return { status: fault.httpStatus ?? 200, body: '{"payment": {"id": "pm2:' };
    case 'html':
      return {
        status: fault.httpStatus ?? 200,
        body: '<!doctype html><html lang="en"><title>Maintenance</title><p>We are back soon.</p></html>',
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
      };
    case 'outcome':
    case 'show':
    case 'slowBank':
    case 'revokeConsent':
    case 'bankDown':
      return undefined;
  }
}
