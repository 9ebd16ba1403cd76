import { randomUUID } from 'node:crypto';
import type { Consent, Payment } from './answers.js';
import { type Api, expectStatus, type Reply } from './api.js';
import { accountName, type Psu } from './psu.js';
import type { Connection, World } from './world.js';

/** An IBAN at a bank that no simulator plays. */
export const creditorIban = 'DE89370400440532013000';

/** A body for POST /v1/payments. */
export function paymentOrder(
  { redirectUri }: World,
  { institutionId }: Connection,
  psu: Psu,
  amount: string,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    institutionId,
    psu: { id: psu.id },
    amount: { amount, currency: psu.account?.currency ?? 'EUR' },
    creditor: { name: 'Nordwind Books', account: { iban: creditorIban } },
    ...(psu.account?.asDebtor !== false && { debtor: { name: 'Anna Schmidt', account: accountName(psu) } }),
    remittance: { unstructured: 'Invoice 17' },
    redirectUri,
    state: 'order-17',
    ...more,
  };
}

/** A body for POST /v1/consents. */
export function consentRequest(
  { redirectUri }: World,
  { institutionId }: Connection,
  psu: Psu,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    institutionId,
    psu: { id: psu.id },
    access: ['accounts', 'balances', 'transactions'],
    recurring: true,
    validUntil: dayFromNow(60),
    redirectUri,
    state: 'link-17',
    ...more,
  };
}

/** POST /v1/payments with a key; a new one if none is given. */
export function postPayment(app: Api, body: unknown, key: string = randomUUID()): Promise<Reply<Payment>> {
  return app.post('/v1/payments', body, { 'Idempotency-Key': key });
}

/** A payment that has to be taken. */
export async function pay(app: Api, body: unknown, key?: string): Promise<Payment> {
  return expectStatus(await postPayment(app, body, key), 201, 'POST /v1/payments');
}

/** A consent that has to be taken. */
export async function askConsent(app: Api, body: unknown): Promise<Consent> {
  return expectStatus(await app.post<Consent>('/v1/consents', body), 201, 'POST /v1/consents');
}

/** A day in UTC, `YYYY-MM-DD`. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
