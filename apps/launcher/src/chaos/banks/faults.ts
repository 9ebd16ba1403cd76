import type { FaultKind } from '../plan.js';

/** We give up after this many seconds; a bank that is late acts only then. */
export const timeoutSeconds = 2;

/** The faults as the simulators take them. */
export const wireFaults = {
  'reset-before': { kind: 'reset', when: 'before' },
  'reset-after': { kind: 'reset', when: 'after' },
  'error-before': { kind: 'error', when: 'before', httpStatus: 503 },
  'error-after': { kind: 'error', when: 'after', httpStatus: 500 },
  late: { kind: 'delay', when: 'before', ms: (timeoutSeconds + 2) * 1_000 },
} as const satisfies Record<FaultKind, object>;
