import { randomBytes, randomUUID } from 'node:crypto';
import type { Customer } from '../customer.js';

/** A TPP as the bank registered it. */
export interface OAuthClient {
  id: string;
  secret: string;
  name: string;
  redirectUris: string[];
}

/** What somebody allowed a client; all tokens of one login hang on it and die with it. */
export interface Grant {
  id: string;
  clientId: string;
  /** Absent for a manager of the internal API. */
  customer?: Customer | undefined;
  scope: string;
  consentId?: string | undefined;
  paymentId?: string | undefined;
  revoked: boolean;
}

export interface AuthorisationCode {
  grant: Grant;
  redirectUri: string;
  /** PKCE S256. */
  challenge?: string | undefined;
  expiresAtMs: number;
  used: boolean;
}

export interface AccessToken {
  grant: Grant;
  expiresAtMs: number;
}

export interface RefreshToken {
  grant: Grant;
  used: boolean;
}

/** Who may use the internal API; MockBank calls the role ROLE_MANAGER. */
export interface Manager {
  username: string;
  password: string;
}

/** The memory of the bank's authorisation server. */
export class OAuthState {
  readonly clients = new Map<string, OAuthClient>();
  readonly codes = new Map<string, AuthorisationCode>();
  readonly accessTokens = new Map<string, AccessToken>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly manager: Manager = { username: 'manager', password: 'manager-2468' };

  constructor() {
    this.clients.set('PSDDE-BAFIN-123456', {
      id: 'PSDDE-BAFIN-123456',
      secret: 'sandbox-client-secret',
      name: 'Demo TPP',
      redirectUris: [
        'http://localhost:3000/callbacks/xs2a',
        'http://127.0.0.1:3000/callbacks/xs2a',
        'http://localhost:8080/callback',
      ],
    });
  }

  newGrant(fields: Omit<Grant, 'id' | 'revoked'>): Grant {
    return { ...fields, id: randomUUID(), revoked: false };
  }

  newSecret(): string {
    return randomBytes(24).toString('base64url');
  }
}
