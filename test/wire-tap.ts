import { createServer, type IncomingHttpHeaders, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that crossed a wire, with its answer; bodies as they were. */
export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly answer: { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };
}

/** Stands before a server, hands everything through as it is, and keeps what was said. */
export interface WireTap {
  readonly url: string;
  /** In the order of the answers; what had none is not here. */
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/** @param target origin of the server; it sees our address as its own, so that links that it makes lead through here too */
export async function tapWire(target: string): Promise<WireTap> {
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming;
    const asked: Buffer[] = [];
    // A socket of its own: one that is kept could be gone, which would be news that nobody made.
    const request = { method, headers: { ...headers, connection: 'close' }, agent: false };
    const onward = send(target + path, request, (answer) => {
      const told: Buffer[] = [];
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.on('data', (chunk: Buffer) => {
        told.push(chunk);
        outgoing.write(chunk);
      });
      answer.on('end', () => {
        const { statusCode: status = 0, headers: with_ } = answer;
        const body = Buffer.concat(asked).toString();
        exchanges.push({ method, path, headers, body, answer: { status, headers: with_, body: textOf(told) } });
        outgoing.end();
      });
      answer.on('error', () => outgoing.destroy());
    });
    // A connection that is cut there is cut here.
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.on('data', (chunk: Buffer) => asked.push(chunk));
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const textOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
