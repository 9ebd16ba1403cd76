import type { Told } from './app.js';
import type { ChaosBank, FindsOut } from './banks/chaos-bank.js';
import type { Evidence, KeptEvent, KeptPayment } from './judge.js';
import type { Intent } from './plan.js';
import type { ChaosWorld } from './world.js';

/**
 * Reads both books: the bank's from its controls, ours from the database.
 * @param interrupted ids of payments whose sending a death broke off
 */
export async function collect(
  { bank, database, receiver }: ChaosWorld,
  told: readonly Told[],
  interrupted: ReadonlySet<string>,
): Promise<Evidence> {
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
    interrupted,
    findsOut: findsOutOf(
      told.map(({ intent }) => intent),
      bank,
    ),
    receivedEvents: new Set(receiver.received.keys()),
    told: new Map(told.map(({ intent, ids }) => [intent.key, ids])),
  };
}

/** By amount, how the outcome of an intent is found out; without those of which it is not. */
export function findsOutOf(
  intents: readonly Intent[],
  { connections }: Pick<ChaosBank, 'connections'>,
): ReadonlyMap<string, FindsOut> {
  return new Map(
    intents.flatMap(({ amount, connection }) => {
      const findsOut = connections[connection]?.findsOut;
      return findsOut ? [[amount, findsOut] as const] : [];
    }),
  );
}
