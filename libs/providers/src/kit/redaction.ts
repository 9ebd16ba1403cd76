const secretName = /password|passcode|token|secret|scaAuthenticationData|confirmationCode|authorization/i;

/** A copy of plain JSON for the record, without the values whose names say that they are secrets. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      secretName.test(name) && typeof member !== 'object' ? '[hidden]' : withoutSecrets(member),
    ]),
  );
}
