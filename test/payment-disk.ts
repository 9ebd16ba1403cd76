import type { Continuation, HeldPayment } from '@tributary/providers';
import { heldPayment } from './xs2a.js';

/** What is on disk about a payment; the one who replaces what it holds itself is let through. */
export class PaymentDisk {
  constructor(public kept: Continuation) {}

  /** The payment as one of us has read it. */
  read(change: Partial<HeldPayment> = {}): HeldPayment {
    let held = this.kept;
    const writeAhead = (continuation: Continuation) => {
      if (this.kept !== held) return Promise.resolve(false);
      this.kept = held = continuation;
      return Promise.resolve(true);
    };
    return heldPayment({ continuation: held, writeAhead, ...change });
  }
}
