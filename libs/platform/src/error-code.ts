/**
 * The `code` of an error: `ENOENT` and the like from Node, a SQLSTATE from PostgreSQL; `undefined` if it has none.
 *
 * It does not ask `instanceof Error`: an error from another realm (a test runner, a vm) is not an instance of ours.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
