/** A part of a request in Token.io's own words, for what no order says. */
export type WireObject = Readonly<Record<string, unknown>>;

/** Members of every token request for a payment that no order says. What an order says wins, member by member. */
export interface TokenRequestDefaults {
  readonly requestOptions?: WireObject;
  readonly requestPayload?: WireObject;
}

/** `over` laid upon `under`: objects member by member, lists place by place, everything else as `over` says. */
export function laidOver(under: unknown, over: unknown): unknown {
  if (over === undefined) return under;
  if (Array.isArray(under) && Array.isArray(over)) return over.map((one: unknown, at) => laidOver(under[at], one));
  if (!isObject(under) || !isObject(over)) return over;
  const names = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries([...names].map((name) => [name, laidOver(memberOf(under, name), memberOf(over, name))]));
}

function memberOf(of: WireObject, name: string): unknown {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
