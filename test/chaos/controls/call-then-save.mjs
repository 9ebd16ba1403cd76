// The upstream is called before anything says so: no row is `sending`, committed, when the instruction leaves us.
import { rewrite } from './rewrite.mjs';

rewrite('/libs/banking/src/payments/payment-sender.js', [
  ['await this.claim(id, from);', "from === 'created' ? payment : await this.claim(id, from);"],
]);
