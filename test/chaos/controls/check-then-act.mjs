// A key is looked up, then the payment is inserted; the table has no say in it, as if the key were not unique there.
import { rewrite } from './rewrite.mjs';

rewrite('/libs/banking/src/payments/payment-intent.js', [
  ["import { DataSource } from 'typeorm';", "import { DataSource, Like } from 'typeorm';"],
  ['idempotencyKey: claim.key }', 'idempotencyKey: Like(`${claim.key}~%`) }'],
  [
    'async insert(claim, request, route) {',
    'async insert(claim, request, route) { if (await this.find(claim)) return null;',
  ],
  ['claim.key,\n', '`${claim.key}~${id}`,\n'],
]);
