import { buildSandbox, DEFAULT_SEED } from './app.js';

/** Reads a port from the environment; a wrong one stops the start. */
function readPort(): number {
  const text = process.env['SANDBOX_PORT'] ?? '4000';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) {
    throw new Error(`SANDBOX_PORT is ${JSON.stringify(text)}: a port from 0 to 65535 is expected`);
  }
  return port;
}

const app = buildSandbox({
  seed: process.env['SANDBOX_SEED'] ?? DEFAULT_SEED,
  publicUrl: process.env['PUBLIC_SANDBOX_URL'] || undefined,
  log: process.env['LOG_LEVEL'] === 'debug',
});
const address = await app.listen({ port: readPort(), host: process.env['HOST'] ?? '127.0.0.1' });
process.stdout.write(`sandbox listens on ${address}\n`);

// `disconnect`: the launcher that started us is gone, however it ended.
for (const end of ['SIGTERM', 'SIGINT', 'disconnect'] as const) {
  process.once(end, () => {
    void app.close().then(() => process.exit(0));
  });
}
