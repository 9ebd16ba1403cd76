import { BrokenCircuitError, CircuitState, circuitBreaker, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import { ProviderError } from '../port/index.js';

/** So many failures in a row, and an upstream is left alone. */
const failuresInRow = 10;
/** For so long; then one call tries whether it is back, while all others are still refused. */
const restMs = 5_000;

/** Runs a call, or refuses it without running it while the upstream rests. */
export type Breaker = <Result>(call: () => Promise<Result>, refuse: () => ProviderError) => Promise<Result>;

/**
 * A circuit breaker for one upstream: a bank that is down is not asked by every request in turn, each of which would wait
 * for its timeout. A refused call has sent nothing, so that one that moves money may be made again.
 */
export function createBreaker(): Breaker {
  const policy = circuitBreaker(
    handleWhen((error) => error instanceof ProviderError && isUpstreamDown(error)),
    { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(failuresInRow) },
  );
  return async (call, refuse) => {
    // Cockatiel would let them wait for the call that tries: of a bank that hangs, up to its timeout, and then all at once.
    if (policy.state === CircuitState.HalfOpen) throw refuse();
    try {
      return await policy.execute(call);
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw refuse();
      throw error;
    }
  };
}

/** No answer, or one with 5xx; what an upstream refuses it has at least understood. */
function isUpstreamDown({ kind }: ProviderError): boolean {
  return kind === 'unavailable' || kind === 'outcome-unknown';
}
