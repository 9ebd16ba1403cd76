import { PaymentPolling } from '@tributary/banking';
import type { TestBanking } from './banking.js';

/** One turn of the worker over every open payment of the connection, due or not. */
export async function pollAll(banking: TestBanking): Promise<void> {
  const { connectionId, database } = banking;
  await database.query('UPDATE payments SET next_poll_at = now() WHERE NOT final');
  const polling = banking.get(PaymentPolling);
  const lease = await polling.lease(connectionId);
  for (const claimed of (await lease?.claim(500)) ?? []) {
    const outcome = await polling.ask(claimed, () => ({ pollInMs: 1_000 }), { traceId: 'spec', psu: {} });
    if (outcome) await polling.record([outcome]);
  }
  await lease?.end();
}
