import type { AnyOrder } from '@tributary/domain';
import type { PaymentKind } from '@tributary/persistence';
import type { Capability, PaymentInitiation, Provider } from '@tributary/providers';
import { Refusal } from '../refusal.js';
import type { UpstreamsService } from '../upstreams/upstreams.service.js';

/** What a provider does with payments of a kind. It is only ever given orders of that kind. */
export function initiationOf(
  { payments, bulkPayments }: Provider,
  kind: PaymentKind,
): PaymentInitiation<AnyOrder> | undefined {
  return kind === 'bulk' ? bulkPayments : payments;
}

/** @throws Refusal `capability_unsupported`, `no_route` */
export async function requireInitiation(
  upstreams: UpstreamsService,
  { connectionId, kind }: { readonly connectionId: string; readonly kind: PaymentKind },
): Promise<PaymentInitiation<AnyOrder>> {
  const initiation = initiationOf(await upstreams.provider(connectionId), kind);
  if (initiation) return initiation;
  throw new Refusal('capability_unsupported', `This route cannot initiate \`${capabilityFor[kind]}\`.`);
}

/** The capability that a route must have at least. */
export const capabilityFor = { single: 'payments', bulk: 'bulkPayments' } as const satisfies Record<
  PaymentKind,
  Capability
>;
