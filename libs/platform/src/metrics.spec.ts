import { createMetrics } from './metrics.js';

describe('createMetrics', () => {
  it('serves its measurements, apart from those of another process', async () => {
    const [first, second] = [createMetrics('api'), createMetrics('worker')];
    first.httpRequests.observe({ method: 'GET', route: '/v1/payments/:id', status: 200 }, 0.02);
    const text = await first.registry.metrics();
    expect(text).toMatch(/^tributary_http_request_seconds_count\{.*route="\/v1\/payments\/:id".*\} 1$/m);
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(await second.registry.metrics()).not.toContain('/v1/payments');
  });
});
