/** What an app may be allowed to do. `admin` manages apps and connections, `bank` answers as the ASPSP. */
export const scopes = ['institutions', 'consents', 'accounts', 'payments', 'webhooks', 'bank', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Who calls, as the access token says. */
export interface Principal {
  readonly appId: string;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
}
