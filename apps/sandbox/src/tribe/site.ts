import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import type { Instances } from '../kit/instances.js';
import type { TestAuthority } from '../kit/pki/test-authority.js';
import type { TlsDoor } from '../kit/pki/tls-door.js';
import type { FurnishedHub } from './furnished-hub.js';

/** The hubs, and what they share with the other upstreams. */
export interface Site {
  hubs: Instances<FurnishedHub>;
  publicUrl: string | undefined;
  authority: TestAuthority;
  door: TlsDoor;
}

/** A request that found its hub. */
export class Arrival {
  constructor(
    readonly site: Site,
    readonly hub: FurnishedHub,
    readonly request: FastifyRequest,
    private readonly params: Readonly<Record<string, string>>,
  ) {}

  param(name: string): string {
    return this.params[name] ?? '';
  }

  /** One header; undefined when it is absent or empty. */
  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    const text = Array.isArray(value) ? value.join(', ') : value;
    return text === undefined || text === '' ? undefined : text;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.request.url.split('?').slice(1).join('?'));
  }

  /** The raw body. */
  get bytes(): Buffer {
    return Buffer.isBuffer(this.request.body) ? this.request.body : Buffer.alloc(0);
  }

  get form(): URLSearchParams {
    return new URLSearchParams(this.bytes.toString('utf8'));
  }

  get mediaType(): string {
    return (this.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  }

  /** True when the connection is TLS and the client showed a certificate. */
  get hasClientCertificate(): boolean {
    const { socket } = this.request.raw;
    return socket instanceof TLSSocket && socket.getPeerX509Certificate() !== undefined;
  }
}

/** Finds the hub that a path names, such as `/tribe@late/...`, and lets there happen what is due. */
export function arrive(site: Site, request: FastifyRequest): Arrival | undefined {
  const { hub: name, ...params } = request.params as Record<string, string>;
  const hub = site.hubs.find(name);
  if (!hub) {
    return undefined;
  }
  const origin = site.publicUrl ?? `${request.protocol}://${request.host}`;
  hub.address = `${origin}/${name === undefined ? 'tribe' : `tribe@${name}`}`;
  hub.catchUp();
  return new Arrival(site, hub, request, params);
}
