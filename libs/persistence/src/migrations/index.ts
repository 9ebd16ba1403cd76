import { Foundation1790000000000 } from './1-foundation.js';
import { PaymentKinds1790000001000 } from './2-payment-kinds.js';
import { ReadMarks1790000002000 } from './3-read-marks.js';
import { RouteFacts1790000005000 } from './6-route-facts.js';

/** In the order in which they run; a released one is never edited. */
export const migrations = [
  Foundation1790000000000,
  PaymentKinds1790000001000,
  ReadMarks1790000002000,
  RouteFacts1790000005000,
];
