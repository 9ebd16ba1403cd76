// P3: the default Nest stack. Express, axios, jose, TypeORM (find the consent, save the audit). Decorators by hand: no compiler.
import 'reflect-metadata';
import { Controller, Get, Headers, HttpException, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import axios from 'axios';
import { jwtVerify } from 'jose';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { DataSource, EntitySchema } from 'typeorm';

const { PORT, BANK_URL, DATABASE_URL, TOKEN_SECRET } = process.env;
const logger = pino();
const text = { type: 'text' };
const links = { id: { type: 'text', primary: true }, app_id: text, reference: text, consent: text, status: text };
const Link = new EntitySchema({ name: 'links', columns: { ...links, valid_until: { type: 'timestamptz' } } });
const id = { type: 'bigint', primary: true, generated: 'increment' };
const audit = { id, app_id: text, account_id: text, operation: text, status: { type: 'integer' } };
const Audit = new EntitySchema({ name: 'audit', columns: { ...audit, at: { type: 'timestamptz' } } });
const entities = [Link, Audit];
const database = await new DataSource({ type: 'postgres', url: DATABASE_URL, poolSize: 20, entities }).initialize();

class BalancesController {
  async list(accountId, { authorization = '', 'psu-ip-address': psuIpAddress }) {
    const secret = new TextEncoder().encode(TOKEN_SECRET);
    const { payload } = await jwtVerify(authorization.replace(/^Bearer /, ''), secret);
    const link = await database.getRepository(Link).findOneBy({ id: accountId, app_id: payload.sub });
    if (link?.status !== 'authorised' || link.valid_until < new Date()) throw new HttpException('No consent', 403);
    const { data, status } = await axios.get(`${BANK_URL}/b0/v1/accounts/${accountId}/balances`, {
      headers: { 'x-request-id': randomUUID(), 'consent-id': link.consent, 'psu-ip-address': psuIpAddress },
    });
    const entry = { app_id: payload.sub, account_id: accountId, operation: 'balances', status, at: new Date() };
    await database.getRepository(Audit).save(entry);
    const rows = data.balances.map(({ balanceType, balanceAmount, lastChangeDateTime, referenceDate }) => ({
      type: balanceType,
      amount: { amount: balanceAmount.amount.replace('-', ''), currency: balanceAmount.currency },
      creditDebit: balanceAmount.amount.startsWith('-') ? 'debit' : 'credit',
      asOf: lastChangeDateTime ?? referenceDate ?? null,
    }));
    return { data: rows, page: { nextCursor: null, hasMore: false } };
  }
}
Param('id')(BalancesController.prototype, 'list', 0);
Headers()(BalancesController.prototype, 'list', 1);
Get(':id/balances')(
  BalancesController.prototype,
  'list',
  Reflect.getOwnPropertyDescriptor(BalancesController.prototype, 'list'),
);
Controller('v1/accounts')(BalancesController);
class AppModule {}
Module({ controllers: [BalancesController] })(AppModule);

const app = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: ['warn', 'error'] });
app.use((request, response, next) => {
  const { method, url } = request;
  response.on('finish', () => logger.info({ method, url, status: response.statusCode }, 'request'));
  next();
});
await app.listen(Number(PORT), '127.0.0.1');
