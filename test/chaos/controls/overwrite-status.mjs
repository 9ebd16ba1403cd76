// The last word wins: what is said about a payment is applied, whatever was known before.
import { rewrite } from './rewrite.mjs';

rewrite('/libs/domain/src/iso20022/status-order.js', [
  [
    'if (isFinal(held))\n',
    "if (held !== reported)\n        return { applied: true, why: 'advance' };\n    if (isFinal(held))\n",
  ],
]);
