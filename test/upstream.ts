import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as an upstream saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What an upstream does with a request: an answer, or anything else that can happen on a wire. */
export type Reply =
  | { readonly status?: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status?: number; readonly text: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly wire: (request: IncomingMessage, response: ServerResponse) => void };

/** An upstream of a spec: answers per "METHOD /path" (without query), and keeps what it was asked. */
export interface ScriptedUpstream {
  readonly origin: string;
  readonly seen: readonly SeenRequest[];
  /** Several replies are given one after the other; the last one stays. */
  on(route: string, ...replies: readonly Reply[]): void;
  stop(): Promise<void>;
}

export async function startUpstream(): Promise<ScriptedUpstream> {
  const routes = new Map<string, Reply[]>();
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      seen.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      const replies = routes.get(`${method} ${path.split('?')[0]}`) ?? [];
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      answer(reply ?? { status: 404, text: 'no such route in this script' }, request, response, origin);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    seen,
    on: (route, ...replies) => void routes.set(route, [...replies]),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A documented sample of an upstream's wire format, as it would come from `origin`: JSON, or a file by its whole name. */
export function wireSample(provider: string, name: string): string {
  return readFileSync(
    new URL(`fixtures/wire/${provider}/${name.includes('.') ? name : `${name}.json`}`, import.meta.url),
    'utf8',
  );
}

function answer(reply: Reply, request: IncomingMessage, response: ServerResponse, origin: string): void {
  if ('wire' in reply) return reply.wire(request, response);
  const json = 'json' in reply;
  response.writeHead(reply.status ?? 200, {
    'content-type': json ? 'application/json' : 'text/html',
    ...reply.headers,
  });
  response.end((json ? JSON.stringify(reply.json) : reply.text).replaceAll('{{origin}}', origin));
}
