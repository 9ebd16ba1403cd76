import type { Authorisation, Payment } from './answers.js';
import { type Api, attended } from './api.js';
import { CustomerBrowser } from './held-bank.js';
import { until } from './until.js';

/** Where a consent or a payment sends its PSU. */
export function redirectOf({ nextStep }: Pick<Authorisation, 'nextStep'>): string {
  if (nextStep?.type !== 'redirect') throw new Error(`expected a redirect, got ${JSON.stringify(nextStep)}`);
  return nextStep.url;
}

/** A bulk payment has two pages of the bank, one after the other: first the grant, then the payment itself. */
export async function approveBulk(app: Api, bulk: Payment, psuId: string): Promise<void> {
  const browser = new CustomerBrowser();
  await browser.decide(redirectOf(bulk), psuId, 'approve');
  const confirm = await until('the payment waits for its customer', async () => {
    const { nextStep } = await app.read<Payment>(`/v1/bulk-payments/${bulk.id}`, attended);
    return nextStep?.type === 'redirect' ? nextStep.url : undefined;
  });
  await browser.decide(confirm, psuId, 'approve');
}
