import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** The measurements of one process, served at `/metrics` in the Prometheus text format. */
export interface Metrics {
  /** Register further metrics here. */
  readonly registry: Registry;
  /** Seconds per HTTP request that we answered. `route` is the pattern, never the path: ids would flood Prometheus. */
  readonly httpRequests: Histogram<'method' | 'route' | 'status'>;
  /** Seconds per call to an upstream. `outcome` is `ok` or the kind of the provider error. */
  readonly upstreamRequests: Histogram<'provider' | 'operation' | 'outcome'>;
  /** Seconds per job. `outcome` is `completed`, `delayed` or `failed`. */
  readonly jobs: Histogram<'queue' | 'job' | 'outcome'>;
}

/** From 1 ms (a cached read) to 30 s (a bank's timeout). */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A registry of its own per call, so that two processes, or two tests in one process, never share counters. */
export function createMetrics(process: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpRequests: new Histogram({
      name: 'tributary_http_request_seconds',
      help: 'Time to answer an HTTP request.',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers,
    }),
    upstreamRequests: new Histogram({
      name: 'tributary_upstream_request_seconds',
      help: 'Time of a call to an upstream.',
      labelNames: ['provider', 'operation', 'outcome'],
      buckets: SECONDS,
      registers,
    }),
    jobs: new Histogram({
      name: 'tributary_job_seconds',
      help: 'Time of a job in the worker.',
      labelNames: ['queue', 'job', 'outcome'],
      buckets: SECONDS,
      registers,
    }),
  };
}
