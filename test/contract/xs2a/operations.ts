import type { Operation } from './operation.js';
import { orders } from './order.operations.js';
import { payments } from './payment.operations.js';
import { readings } from './reading.operations.js';

/** The interface, operation by operation. */
export const operations: readonly Operation[] = [...readings, ...payments, ...orders];
