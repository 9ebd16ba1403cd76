import { buildSandbox, DEFAULT_SEED } from './app.js';

/** Reads a port from the environment; a wrong one stops the start. */
function readPort(name: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) {
    throw new Error(`${name} is ${JSON.stringify(text)}: a port from 0 to 65535 is expected`);
  }
  return port;
}

const host = process.env['HOST'] ?? '127.0.0.1';
const tls = process.env['SANDBOX_TLS_PORT'];
const tlsPort = tls ? readPort('SANDBOX_TLS_PORT', tls) : undefined;
const app = buildSandbox({
  host,
  tlsPort,
  seed: process.env['SANDBOX_SEED'] ?? DEFAULT_SEED,
  publicUrl: process.env['PUBLIC_SANDBOX_URL'] || undefined,
  log: process.env['LOG_LEVEL'] === 'debug',
});
const address = await app.listen({ port: readPort('SANDBOX_PORT', process.env['SANDBOX_PORT'] ?? '4000'), host });
const second = tlsPort ? ` and, with client certificates, on port ${tlsPort}` : '';
process.stdout.write(`sandbox listens on ${address}${second}\n`);

// `disconnect`: the launcher that started us is gone, however it ended.
for (const end of ['SIGTERM', 'SIGINT', 'disconnect'] as const) {
  process.once(end, () => {
    void app.close().then(() => process.exit(0));
  });
}
