import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the app hears its events: ids as they came, by header `webhook-id` (Standard Webhooks). */
export interface Receiver {
  readonly url: string;
  readonly received: ReadonlyMap<string, number>;
  close(): void;
}

/** Listens on a free port of 127.0.0.1 and takes everything. */
export async function startReceiver(): Promise<Receiver> {
  const received = new Map<string, number>();
  const server = createServer((request, response) => {
    const { 'webhook-id': id } = request.headers;
    request.resume();
    request.on('end', () => {
      if (typeof id === 'string') received.set(id, (received.get(id) ?? 0) + 1);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    received,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
