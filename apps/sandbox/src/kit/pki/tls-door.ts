import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { TestAuthority } from './test-authority.js';

const DAY_MS = 86_400_000;

export interface TlsDoorOptions {
  host: string;
  /** 0: any that is free. */
  port: number;
  /** `strict`: a client without a trusted certificate does not get in; `open`: it gets in, and the bank answers 401. */
  handshake: 'strict' | 'open';
}

/**
 * A second way into the same sandbox, by HTTPS with client certificates (mTLS). Its own certificate and the anchor of the
 * clients' come from the test authority; more anchors may be added.
 */
export class TlsDoor {
  private server: Server | undefined;
  private extraAnchors: readonly X509Certificate[] = [];
  private ownAnchor: X509Certificate | undefined;

  constructor(
    private readonly app: FastifyInstance,
    private readonly authority: TestAuthority,
  ) {}

  /** Where it listens; undefined while it is shut. */
  get url(): string | undefined {
    const address = this.server?.address() as AddressInfo | null | undefined;
    return address ? `https://localhost:${address.port}` : undefined;
  }

  /** Whom the sandbox trusts as issuers of TPP certificates. */
  get anchors(): readonly X509Certificate[] {
    return this.ownAnchor ? [this.ownAnchor, ...this.extraAnchors] : this.extraAnchors;
  }

  /** Makes the test authority an anchor; needed before it issues anything that shall be trusted. */
  async trustAuthority(): Promise<void> {
    this.ownAnchor ??= new X509Certificate(await this.authority.certificate());
  }

  /** Further trust anchors, instead of the earlier further ones. */
  trust(anchors: readonly X509Certificate[]): void {
    this.extraAnchors = anchors;
  }

  /** Opens it, or opens it anew with other options. */
  async open({ host, port, handshake }: TlsDoorOptions): Promise<void> {
    await this.close();
    await this.trustAuthority();
    const { certificate, privateKey } = await this.authority.issue({
      purpose: 'server',
      commonName: 'localhost',
      roles: [],
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + 365 * DAY_MS),
    });
    const server = createServer(
      {
        cert: certificate,
        key: privateKey,
        ca: this.anchors.map((anchor) => anchor.toString()),
        requestCert: true,
        rejectUnauthorized: handshake === 'strict',
      },
      (request, response) => this.app.routing(request, response),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve);
    });
    this.server = server;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
  }
}
