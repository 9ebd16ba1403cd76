import { randomUUID } from 'node:crypto';
import type { CallContext } from '@tributary/providers';

/** A call that no PSU is waiting for. */
export function unattendedCall(): CallContext {
  return { traceId: randomUUID(), psu: {} };
}
