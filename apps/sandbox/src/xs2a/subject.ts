import type { Customer } from './customer.js';

/** What the TPP said about the SCA when it made the consent or payment. */
export interface ScaWish {
  redirect: boolean;
  decoupled: boolean;
  /** TPP-Explicit-Authorisation-Preferred: nothing is started implicitly. */
  explicit: boolean;
  redirectUri?: string | undefined;
  nokRedirectUri?: string | undefined;
}

/** What every resource has that a PSU authorises. */
export interface ScaContext {
  id: string;
  /** Below the API's root, such as `/v1/consents/{id}`. */
  path: string;
  /** Who made it; see {@link Call.tpp}. */
  tpp: string;
  /** Known when PSU-ID came, when a token came, or when somebody logged in. */
  psu?: Customer | undefined;
  /** Made with an access token of an OAuth pre-step, or in the session of a combined service: the PSU counts as authenticated. */
  preStep: boolean;
  wish: ScaWish;
  /** Who has finished an SCA of it; several where an account needs more than one signature. */
  signed: Customer[];
  wrongPasswords: number;
  createdAt: Date;
}

/** A resource before it has an address. */
export type NewSubject = Omit<ScaContext, 'id' | 'path'>;
