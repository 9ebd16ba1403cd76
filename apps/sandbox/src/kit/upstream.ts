import type { FastifyInstance } from 'fastify';
import type { TestAuthority } from './pki/test-authority.js';
import type { TlsDoor } from './pki/tls-door.js';

/** What every simulated upstream is told at the start. */
export interface SandboxOptions {
  /** Decides all test data: the same seed, the same customers, accounts and codes. */
  seed: string;
  /** The origin to write into links, such as `https://sandbox.example`; without it the request's own host is used. */
  publicUrl?: string | undefined;
  /** Makes test certificates. */
  authority: TestAuthority;
  /** The way in by TLS with client certificates. */
  door: TlsDoor;
  /** The address on which the sandbox listens. */
  host: string;
}

/** A simulated upstream: one folder and one line in the catalogue. */
export interface Upstream {
  /** Also the first part of its paths. */
  id: string;
  label: string;
  /** Where people enter, for the index. */
  pages: readonly { readonly path: string; readonly title: string }[];
  /** The body of a 400 for an address that cannot be read at all. */
  badAddress: unknown;
  register(app: FastifyInstance, options: SandboxOptions): void;
}
