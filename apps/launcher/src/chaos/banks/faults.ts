import type { FaultKind } from '../plan.js';

/** We give up after this many seconds; a bank that is late acts only then. */
export const timeoutSeconds = 4;

/** The faults as the simulators take them, for a connection that waits so long for an answer. */
export const faultsBeyond = (seconds: number) =>
  ({
    'reset-before': { kind: 'reset', when: 'before' },
    'reset-after': { kind: 'reset', when: 'after' },
    'error-before': { kind: 'error', when: 'before', httpStatus: 503 },
    'error-after': { kind: 'error', when: 'after', httpStatus: 500 },
    late: { kind: 'delay', when: 'before', ms: (seconds + 2) * 1_000 },
  }) as const satisfies Record<FaultKind, object>;

export const wireFaults = faultsBeyond(timeoutSeconds);
