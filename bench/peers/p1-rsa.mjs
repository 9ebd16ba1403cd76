// P1-RSA: a payment in the manner of P1. HS256 token, one select (the debtor), one insert before the call, RSA-2048 signature.
import Fastify from 'fastify';
import {
  createHash,
  createHmac,
  createPrivateKey,
  createSecretKey,
  randomUUID,
  sign,
  timingSafeEqual,
} from 'node:crypto';
import pg from 'pg';
import { Pool } from 'undici';

const { PORT, BANK_URL, DATABASE_URL, TOKEN_SECRET, SIGNING_KEY } = process.env;
const key = createSecretKey(Buffer.from(TOKEN_SECRET));
const signingKey = SIGNING_KEY ? createPrivateKey(SIGNING_KEY) : null;
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

app.post('/v1/payments', async (request, reply) => {
  const appId = caller(request.headers.authorization);
  if (!appId) return reply.code(401).send({ title: 'Unauthorised' });
  const { amount, creditor, debtor, redirectUri } = request.body;
  const found = { name: 'app', text: 'SELECT 1 FROM apps WHERE id = $1 AND $2 = ANY(redirect_uris)' };
  const { rows } = await database.query({ ...found, values: [appId, redirectUri] });
  if (rows.length === 0) return reply.code(400).send({ title: 'Unknown redirect URI' });
  const id = randomUUID();
  const text = `INSERT INTO payments (id, app_id, idempotency_key, body, status, at) VALUES ($1, $2, $3, $4, 'sending', now())`;
  const values = [id, appId, request.headers['idempotency-key'], JSON.stringify(request.body)];
  await database.query({ name: 'payment', text, values });
  const to = { creditorName: creditor.name, creditorAccount: creditor.account };
  const body = JSON.stringify({ instructedAmount: amount, debtorAccount: debtor.account, ...to });
  const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
  const headers = { 'content-type': 'application/json', digest, 'x-request-id': id, 'tpp-redirect-uri': redirectUri };
  headers['psu-ip-address'] = request.headers['psu-ip-address'];
  if (signingKey) {
    const signed = sign('sha256', Buffer.from(`digest: ${digest}\nx-request-id: ${id}`), signingKey).toString('base64');
    headers.signature = `keyId="SN=1",algorithm="rsa-sha256",headers="digest x-request-id",signature="${signed}"`;
  }
  const path = '/b0/v1/payments/sepa-credit-transfers';
  const answer = await bank.request({ method: 'POST', path, headers, body });
  if (answer.statusCode !== 201) return reply.code(502).send({ title: 'The bank did not answer' });
  const { paymentId, transactionStatus, _links: links } = await answer.body.json();
  const nextStep = { type: 'redirect', url: links.scaRedirect.href };
  return reply.code(201).send({ id, amount, isoStatus: transactionStatus, reference: paymentId, nextStep });
});

await app.listen({ port: Number(PORT), host: '127.0.0.1' });
