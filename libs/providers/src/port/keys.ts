import type { CallContext } from './call.js';

/** A public key of ours as the upstream holds it. */
export interface EnrolledKey {
  /** The upstream's name of it. */
  readonly reference: string;
  /** The upstream's word. */
  readonly algorithm: string;
  /** PEM; null where the upstream does not show it. */
  readonly publicKeyPem: string | null;
  /** RFC 3339; null: it does not end, or nobody says. */
  readonly expiresAt: string | null;
  /** Whether this connection signs with it now. */
  readonly inUse: boolean;
}

/** A new key pair: the public half is enrolled, the private half is part of the settings from now on. */
export interface NewKey {
  readonly key: EnrolledKey;
  /** Change of the connection's settings (JSON Merge Patch) by which it signs with the new key. Holds a secret. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Keys by which an upstream knows us, where it takes them over its interface. Left out on purpose: private keys of others. */
export interface KeyEnrolment {
  /** The first one is made where nobody wishes otherwise. */
  readonly algorithms: readonly string[];
  list(context: CallContext): Promise<readonly EnrolledKey[]>;
  /** Makes a key pair here and enrols its public half. The older keys stay good. */
  enrol(algorithm: string, context: CallContext): Promise<NewKey>;
  remove(reference: string, context: CallContext): Promise<void>;
}
