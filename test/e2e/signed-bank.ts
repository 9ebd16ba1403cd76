import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pem } from '../certificates.js';
import { MockBank } from './mockbank.js';
import type { World } from './world.js';

/** A certificate of the sandbox's authority, made for this run. */
export interface Issued {
  readonly certificate: string;
  readonly privateKey: string;
  readonly serial: string;
}

type Purpose = 'qwac' | 'qseal';

/** A simulated MockBank that takes nothing but signed requests, over TLS with a client certificate. */
export class SignedBank extends MockBank {
  private constructor(
    sandboxUrl: string,
    bankName: string,
    /** Where the bank lets clients in, with the name of this bank. */
    readonly secureUrl: string,
    readonly serverAuthority: string,
  ) {
    super(sandboxUrl, bankName);
  }

  static async open({ stack }: World, name: string): Promise<SignedBank> {
    const plain = new MockBank(stack.sandboxUrl, name);
    let door = await plain.control<{ url: string | null; serverAuthority: string }>('GET', '/tls');
    if (door.url === null) door = await plain.control('POST', '/tls', {});
    await plain.profile({
      preset: 'signed-requests-and-client-certificates',
      acspAfterSeconds: 0,
      acscAfterSeconds: 0,
    });
    return new SignedBank(stack.sandboxUrl, name, `${door.url}/xs2a@${name}`, door.serverAuthority);
  }

  issue(purpose: Purpose, more: Readonly<Record<string, unknown>> = {}): Promise<Issued> {
    return this.control('POST', '/certificates', { purpose, ...more });
  }

  /** One that ended yesterday. */
  issueExpired(purpose: Purpose): Promise<Issued> {
    const [validFrom, validTo] = [-3, -1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
    return this.issue(purpose, { validFrom, validTo });
  }

  /** Settings of a connection with these certificates. */
  secured(
    qwac: Issued,
    qseal: Issued,
    more: Readonly<Record<string, unknown>> = {},
  ): Readonly<Record<string, unknown>> {
    const keyPair = ({ certificate, privateKey }: Issued) => ({
      certificatePem: certificate,
      privateKeyPem: privateKey,
    });
    return this.settings({
      baseUrl: this.secureUrl,
      tls: { ...keyPair(qwac), caPem: this.serverAuthority },
      qseal: keyPair(qseal),
      ...more,
    });
  }
}

/** A header to overwrite, or what becomes of the body. */
export type Alteration =
  { readonly name: string; readonly value: string } | { readonly body: (text: string) => string };

/** Stands between us and the bank, reads everything and can change it: what a signature has to withstand. */
export interface Intermediary {
  readonly url: string;
  /** The headers of all requests that passed, as we sent them. */
  readonly seen: readonly IncomingHttpHeaders[];
  /** What is done to all that passes from now on; nothing if undefined. */
  alter(alteration: Alteration | undefined): void;
  close(): void;
}

/** Ends our TLS and speaks to the bank by its own, with our certificate; headers and bodies pass as they are. */
export async function openIntermediary(bank: SignedBank, { certificate, privateKey }: Issued): Promise<Intermediary> {
  let altered: Alteration | undefined;
  const seen: IncomingHttpHeaders[] = [];
  const { origin, pathname } = new URL(bank.secureUrl);
  const own = { cert: pem('server'), key: pem('server-key') };
  const identity = { cert: certificate, key: privateKey, ca: bank.serverAuthority, agent: false } as const;
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method, url, headers } = incoming;
    seen.push(headers);
    const text = Buffer.concat(await incoming.toArray()).toString('utf8');
    const body = altered && 'body' in altered ? altered.body(text) : text;
    const passed = {
      ...headers,
      ...(body !== '' && { 'content-length': Buffer.byteLength(body) }),
      ...(altered && 'name' in altered && { [altered.name]: altered.value }),
    };
    const onward = request(`${origin}${url}`, { method, headers: passed, ...identity }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  };
  const server: Server = createServer(own, (incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    seen,
    alter: (alteration) => {
      altered = alteration;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
