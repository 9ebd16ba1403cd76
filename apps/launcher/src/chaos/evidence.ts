import type { Told } from './app.js';
import type { Evidence, KeptEvent, KeptPayment } from './judge.js';
import type { ChaosWorld } from './world.js';

/** Reads both books: the bank's from its controls, ours from the database. */
export async function collect({ bank, database, receiver }: ChaosWorld, told: readonly Told[]): Promise<Evidence> {
  const payments = await database.query<KeptPayment>(
    `SELECT id, idempotency_key AS key, (amount_minor / 100.0)::numeric(20, 2)::text AS amount, state AS status, final,
            reference, extract(epoch FROM now() - created_at)::float8 AS "ageSeconds"
     FROM payments ORDER BY id`,
  );
  const events = await database.query<KeptEvent>(
    `SELECT id, subject_id AS "paymentId", data ->> 'status' AS status, (data ->> 'final')::boolean AS final
     FROM outbox WHERE type = 'payment.statusChanged' ORDER BY subject_id, sequence`,
  );
  return {
    intents: told.map(({ intent }) => intent),
    payments,
    events,
    ledger: await bank.ledger(),
    canBeFound: new Set(
      told.flatMap(({ intent }) => (bank.connections[intent.connection]?.canBeAsked ? [intent.amount] : [])),
    ),
    receivedEvents: new Set(receiver.received.keys()),
    told: new Map(told.map(({ intent, ids }) => [intent.key, ids])),
  };
}
