import type { IsoPaymentStatus, ScaStatus } from '@tributary/domain';
import type { ProductRow } from './payments/products.js';
import type { WireConsentStatus } from './status.js';

/**
 * Where one bank departs from the framework, as data, so that another bank is a connection and no code. What the framework leaves to
 * the banks (approaches, products, limits) is in the settings themselves.
 */
export interface Xs2aProfile {
  /** Headers that a signature covers, in this order, each if and only if it is sent. */
  readonly signedHeaders?: readonly string[];
  /** In place of the key id that follows from the certificate. */
  readonly signatureKeyId?: string;
  /** Headers about the PSU without which the bank refuses consents, payments and baskets. */
  readonly requiredPsuHeaders?: readonly string[];
  /** Links that lead nowhere: the path of the framework is taken in their place. */
  readonly ignoredLinks?: readonly string[];
  /** Their names of links, and those of the framework. */
  readonly linkNames?: Names;
  /** Their names of members in answers, and those of the framework. */
  readonly answerMembers?: Names;
  /** The framework's names of members in requests, and theirs. */
  readonly requestMembers?: Names;
  /** Their status words (also numbers, as texts), and those of the framework. */
  readonly paymentStatuses?: Readonly<Record<string, IsoPaymentStatus>>;
  readonly consentStatuses?: Readonly<Record<string, WireConsentStatus>>;
  readonly scaStatuses?: Readonly<Record<string, ScaStatus>>;
  /** What the bank wants with the password, as further members of `psuData`. */
  readonly credentialFields?: readonly ExtraCredential[];
  /** Query parameter of the PSU's return that holds the confirmation code. */
  readonly confirmationParameter?: string;
  /** Products that the framework does not have, by their path segment. */
  readonly products?: Readonly<Record<string, ProductRow>>;
  readonly oauth?: OauthOddities;
}

type Names = Readonly<Record<string, string>>;

export interface ExtraCredential {
  readonly name: string;
  readonly label: string;
  readonly secret: boolean;
}

/** Departures from RFC 6749. */
export interface OauthOddities {
  /** Spelling of `response_type=code`. */
  readonly responseType?: string;
  /** Spelling of `grant_type=authorization_code`. */
  readonly grantType?: string;
  /** Where the parameters of a token request are. */
  readonly tokenRequestIn?: 'body' | 'query';
  /** false: for a server that refuses the PKCE parameters. */
  readonly pkce?: boolean;
  /** Scopes; `{id}` stands for the reference of the consent, payment or basket. */
  readonly scopes?: Readonly<Partial<Record<'consent' | 'payment' | 'basket', string>>>;
}

/** An answer with its members as the framework names them, however deep. A name that is there already stays. */
export function renamedMembers(tree: unknown, names: Names | undefined): unknown {
  if (names === undefined) return tree;
  if (Array.isArray(tree)) return tree.map((item) => renamedMembers(item, names));
  if (typeof tree !== 'object' || tree === null || Object.getPrototypeOf(tree) !== Object.prototype) return tree;
  const given = new Set(Object.keys(tree));
  return Object.fromEntries(
    Object.entries(tree).map(([theirs, value]) => {
      const ours = Object.hasOwn(names, theirs) ? (names[theirs] ?? theirs) : theirs;
      return [ours !== theirs && given.has(ours) ? theirs : ours, renamedMembers(value, names)];
    }),
  );
}
