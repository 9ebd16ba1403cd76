type JsonObject = Readonly<Record<string, unknown>>;

/** A change of settings: JSON Merge Patch (RFC 7396). A null removes a setting. */
export type SettingsPatch = JsonObject;

/**
 * Settings with a change merged in (RFC 7396 section 2). A text equal to `mark` leaves what is there, so that settings
 * which were read can be sent back with one of them changed.
 */
export function mergeSettings(held: JsonObject, patch: SettingsPatch, mark: string): JsonObject {
  const merged = new Map(Object.entries(held));
  for (const [name, value] of Object.entries(patch)) {
    const before = merged.get(name);
    if (value === null) merged.delete(name);
    else if (isObject(value)) merged.set(name, mergeSettings(isObject(before) ? before : {}, value, mark));
    else if (value !== mark || before === undefined) merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
