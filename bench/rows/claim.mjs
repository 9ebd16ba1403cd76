// Claiming 500 of all open payments beside as many closed ones, through the product's own statement. As in a worker, a claim finds
// the one before it still in hand; what came before that is planned anew. Only the claim is timed.
import { createDataSource } from '../../dist/libs/persistence/src/index.js';
import { PollingLease } from '../../dist/libs/banking/src/index.js';
import { OpenPayments, spread, withoutTriggers } from '../open-payments.mjs';
import { goal, median } from '../samples.mjs';

export const name = 'claim';

const batch = 500;

/** Closed payments: copies without anything sealed, which nobody ever asks about again. */
async function addClosed(world, open, size) {
  const names = open.columns.filter((column) => !['state', 'final', 'iso_status', 'upstream_status'].includes(column));
  await withoutTriggers(
    world.database,
    `INSERT INTO payments (${names.join(', ')}, state, final, iso_status, upstream_status, id, idempotency_key, reference, polls,
                           created_at, updated_at, sent_at, next_poll_at)
     SELECT ${names.map((column) => `original.${column}`).join(', ')}, 'settled', true, 'ACSC', 'ACSC', 'closed-' || n, 'closed-' || n,
            'closed-' || n, 1, now(), now(), now(), NULL
     FROM generate_series(1, $1::int) AS n JOIN payments AS original ON original.id = $2`,
    [size, open.originals[0].id],
  );
}

export async function run(world, { quick, sizes, say }) {
  const size = sizes.at(-1);
  const open = world.openPayments ?? new OpenPayments(world);
  if (!world.openPayments) await open.prepare();
  say(`${size.toLocaleString('en-GB')} open and as many closed payments: preparing`);
  await open.fillTo(size);
  await addClosed(world, open, size);
  // All are due, in no order.
  await world.database.query(
    `UPDATE payments SET next_poll_at = now() - random() * interval '1 hour' WHERE next_poll_at IS NOT NULL`,
  );
  await world.database.query('VACUUM ANALYZE payments');
  const database = createDataSource({
    url: world.postgres.url,
    poolSize: 4,
    applicationName: 'bench-claim',
    acts: 'everyTenant',
  });
  await database.initialize();
  try {
    const banks = open.originals.map(({ connection_id: connectionId }) => connectionId);
    const leases = await Promise.all(banks.map((connectionId) => PollingLease.take(database, connectionId)));
    if (leases.includes(null)) throw new Error('a connection is leased by somebody else');
    const inHand = leases.map(() => []);
    const taken = [];
    const seen = new Set();
    for (let claim = 0; claim < (quick ? 50 : 300); claim += 1) {
      const lease = leases[claim % spread];
      const began = performance.now();
      const claimed = await lease.claim(batch);
      taken.push(performance.now() - began);
      for (const {
        payment: { id },
      } of claimed) {
        if (seen.has(id)) throw new Error(`${id} was claimed twice`);
        seen.add(id);
      }
      if (claimed.length !== batch) throw new Error(`${claimed.length} payments were claimed`);
      const before = inHand[claim % spread];
      await database.query(`UPDATE payments SET next_poll_at = now() + interval '1 hour' WHERE id = ANY($1)`, [
        before.map(({ id }) => id),
      ]);
      lease.letGo(before);
      inHand[claim % spread] = claimed.map(({ payment }) => payment);
    }
    for (const lease of leases) await lease.end();
    const warm = taken.slice(10);
    say(`p50 ${median(warm).toFixed(1)} ms`);
    return {
      raw: { taken },
      goals: [
        goal({
          name: `Claim ${batch} of ${size.toLocaleString('en-GB')} open and as many closed, p50 (ms)`,
          ratios: [median(warm)],
          must: { atMost: 20 },
        }),
      ],
    };
  } finally {
    await database.destroy();
  }
}
