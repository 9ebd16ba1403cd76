/** What a call gave, and how many milliseconds it took: the latency of a timeline entry. */
export async function timed<Result>(call: () => Promise<Result>): Promise<{ result: Result; latencyMs: number }> {
  const startedAt = performance.now();
  const result = await call();
  return { result, latencyMs: Math.round(performance.now() - startedAt) };
}
