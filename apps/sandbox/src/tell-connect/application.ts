/** A TPP as registered at the portal: the client of the Basic header. */
export interface Developer {
  clientId: string;
  clientSecret: string;
  name: string;
  email: string;
  company: string;
  applications: Application[];
}

/** `draft`: without a certificate. `goLiveRequested` still works in the sandbox. */
export type ApplicationState = 'draft' | 'sandbox' | 'goLiveRequested' | 'released' | 'suspended';
export const APPLICATION_STATES = ['draft', 'sandbox', 'goLiveRequested', 'released', 'suspended'] as const;

/** What a TPP says of itself when it wants to go live. */
export interface Registration {
  legalName: string;
  competentAuthority: string;
  registrationNumber: string;
}

export interface Application {
  id: string;
  developer: Developer;
  name: string;
  state: ApplicationState;
  /** Undefined: the portal's own page shows the outcome. */
  redirectUrl?: string | undefined;
  /** The uploaded text byte for byte: the key of the signatures. */
  certificate?: string | undefined;
  registration?: Registration | undefined;
}
