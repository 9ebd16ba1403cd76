// P2: Express + axios, the usual first version. As much as P0: asks the bank, maps, answers.
import axios from 'axios';
import express from 'express';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';

const { PORT, BANK_URL } = process.env;
const logger = pino();
const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.use((request, response, next) => {
  const began = performance.now();
  response.on('finish', () => {
    const { method, url } = request;
    logger.info({ method, url, status: response.statusCode, ms: performance.now() - began }, 'request');
  });
  next();
});

app.get('/v1/accounts/:id/balances', async (request, response) => {
  const { data } = await axios.get(`${BANK_URL}/b0/v1/accounts/${encodeURIComponent(request.params.id)}/balances`, {
    headers: {
      accept: 'application/json',
      'x-request-id': randomUUID(),
      'consent-id': `consent-${request.params.id}`,
      'psu-ip-address': request.headers['psu-ip-address'],
    },
  });
  response.json({
    data: data.balances.map(({ balanceType, balanceAmount, lastChangeDateTime, referenceDate }) => ({
      type: balanceType,
      amount: { amount: balanceAmount.amount.replace('-', ''), currency: balanceAmount.currency },
      creditDebit: balanceAmount.amount.startsWith('-') ? 'debit' : 'credit',
      asOf: lastChangeDateTime ?? referenceDate ?? null,
    })),
    page: { nextCursor: null, hasMore: false },
  });
});

app.listen(Number(PORT), '127.0.0.1');
