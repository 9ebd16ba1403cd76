import type { Page, Payment, TimelineEntry } from './answers.js';
import type { Api } from './api.js';
import { until } from './until.js';

/** The payment as we know it: no PSU behind the read, so the bank is not asked for it. */
export function readPayment(app: Api, id: string): Promise<Payment> {
  return app.read(`/v1/payments/${id}`);
}

export async function readTimeline(app: Api, id: string): Promise<readonly TimelineEntry[]> {
  return (await app.read<Page<TimelineEntry>>(`/v1/payments/${id}/timeline`)).data;
}

/** Waits for the worker: nothing here asks the bank. */
export function untilFinal(app: Api, id: string): Promise<Payment> {
  return until(`${id} has ended`, async () => {
    const now = await readPayment(app, id);
    return now.final && now;
  });
}

/** Waits until a payment stands so. */
export function untilStatus(app: Api, id: string, status: string): Promise<Payment> {
  return until(`${id} is ${status}`, async () => {
    const now = await readPayment(app, id);
    return now.status === status && now;
  });
}

/** The ISO codes that moved the payment, in their order. */
export async function appliedCodes(app: Api, id: string): Promise<readonly (string | null)[]> {
  const timeline = await readTimeline(app, id);
  return timeline.filter(({ applied, isoStatus }) => applied && isoStatus !== null).map(({ isoStatus }) => isoStatus);
}
