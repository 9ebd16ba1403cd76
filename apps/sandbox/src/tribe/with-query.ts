/** Adds parameters to an address: after those it has, before its fragment; undefined ones are left out. */
export function withQuery(address: string, parameters: Record<string, string | undefined>): string {
  const hash = address.indexOf('#');
  const [head, fragment] = hash < 0 ? [address, ''] : [address.slice(0, hash), address.slice(hash)];
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  if (given.length === 0) {
    return address;
  }
  const joint = !head.includes('?') ? '?' : /[?&]$/.test(head) ? '' : '&';
  return head + joint + given.join('&') + fragment;
}
