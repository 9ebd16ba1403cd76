import type { Principal } from '@tributary/banking';

/** Classes of routes, each with a limit of its own per caller. */
export type RouteClass = 'read' | 'write' | 'money' | 'anonymous';

const moneyRoutes = /^\/v1\/(payments|bulk-payments|signing-baskets|mandates|refunds|payouts)\b/;
/** Which limit a request falls under. */
export function routeClassOf({
  principal,
  method,
  url,
}: {
  readonly principal: Principal | null;
  readonly method: string;
  readonly url: string;
}): RouteClass {
  if (!principal) return 'anonymous';
  if (method === 'GET' || method === 'HEAD') return 'read';
  return moneyRoutes.test(url) ? 'money' : 'write';
}
