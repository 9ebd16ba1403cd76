// P0: Fastify + undici. Asks the bank, parses, maps, answers; nothing else.
import Fastify from 'fastify';
import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';

const { PORT, BANK_URL } = process.env;
const bank = new Pool(new URL(BANK_URL).origin, { connections: 64, pipelining: 1 });
const app = Fastify({ logger: { level: 'info' } });

app.get('/v1/accounts/:id/balances', async (request, reply) => {
  const { statusCode, body } = await bank.request({
    method: 'GET',
    path: `/b0/v1/accounts/${encodeURIComponent(request.params.id)}/balances`,
    headers: {
      accept: 'application/json',
      'x-request-id': randomUUID(),
      'consent-id': `consent-${request.params.id}`,
      'psu-ip-address': request.headers['psu-ip-address'],
    },
  });
  if (statusCode !== 200) {
    await body.dump();
    return reply.code(502).send({ title: 'The bank did not answer' });
  }
  const { balances } = await body.json();
  return {
    data: balances.map(({ balanceType, balanceAmount: { amount, currency }, lastChangeDateTime, referenceDate }) => ({
      type: balanceType,
      amount: { amount: amount.replace('-', ''), currency },
      creditDebit: amount.startsWith('-') ? 'debit' : 'credit',
      asOf: lastChangeDateTime ?? referenceDate ?? null,
    })),
    page: { nextCursor: null, hasMore: false },
  };
});

await app.listen({ port: Number(PORT), host: '127.0.0.1' });
