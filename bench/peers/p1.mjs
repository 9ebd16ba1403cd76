// P1: a careful hand-written integration. P0, and the caller's HS256 token, one select (the consent), one insert (the audit).
import Fastify from 'fastify';
import { createHmac, createSecretKey, randomUUID, timingSafeEqual } from 'node:crypto';
import pg from 'pg';
import { Pool } from 'undici';

const { PORT, BANK_URL, DATABASE_URL, TOKEN_SECRET } = process.env;
const key = createSecretKey(Buffer.from(TOKEN_SECRET));
const database = new pg.Pool({ connectionString: DATABASE_URL, max: 20 });
const bank = new Pool(new URL(BANK_URL).origin, { connections: 64, pipelining: 1 });
const app = Fastify({ logger: { level: 'info' } });

function caller(authorization = '') {
  const [header, payload, signature] = authorization.replace(/^Bearer /, '').split('.');
  const right = createHmac('sha256', key).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature ?? '', 'base64url');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return claims.exp * 1000 > Date.now() ? claims.sub : null;
}

app.get('/v1/accounts/:id/balances', async (request, reply) => {
  const appId = caller(request.headers.authorization);
  if (!appId) return reply.code(401).send({ title: 'Unauthorised' });
  const { rows } = await database.query({
    name: 'consent',
    text: `SELECT reference, consent FROM links WHERE id = $1 AND app_id = $2 AND status = 'authorised' AND valid_until >= now()`,
    values: [request.params.id, appId],
  });
  if (rows.length === 0) return reply.code(403).send({ title: 'No consent' });
  const { statusCode, body } = await bank.request({
    method: 'GET',
    path: `/b0/v1/accounts/${encodeURIComponent(rows[0].reference)}/balances`,
    headers: {
      accept: 'application/json',
      'x-request-id': randomUUID(),
      'consent-id': rows[0].consent,
      'psu-ip-address': request.headers['psu-ip-address'],
    },
  });
  const answer = await body.json();
  const text = 'INSERT INTO audit (app_id, account_id, operation, status, at) VALUES ($1, $2, $3, $4, now())';
  await database.query({ name: 'audit', text, values: [appId, request.params.id, 'balances', statusCode] });
  if (statusCode !== 200) return reply.code(502).send({ title: 'The bank did not answer' });
  const data = answer.balances.map(({ balanceType, balanceAmount, lastChangeDateTime, referenceDate }) => ({
    type: balanceType,
    amount: { amount: balanceAmount.amount.replace('-', ''), currency: balanceAmount.currency },
    creditDebit: balanceAmount.amount.startsWith('-') ? 'debit' : 'credit',
    asOf: lastChangeDateTime ?? referenceDate ?? null,
  }));
  return { data, page: { nextCursor: null, hasMore: false } };
});

await app.listen({ port: Number(PORT), host: '127.0.0.1' });
