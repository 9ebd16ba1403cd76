import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import { Refusal } from '../refusal.js';
import { CLOCK, type Clock, SETTINGS, type Settings } from '../tokens.js';
import { type Client, Clients } from './clients.js';
import { type Principal, type Scope, scopes } from './principal.js';
import { SigningKeys, tokenAlgorithm } from './signing-keys.js';

/** How long an access token lives. */
export const tokenSeconds = 900;

interface Verified {
  readonly principal: Principal;
  readonly expiresAt: number;
}

/**
 * Makes and checks the access tokens of apps: JWTs in the profile of RFC 9068.
 * A token is verified once and remembered until it ends; whether its credential was revoked is asked again all the time.
 */
@Injectable()
export class AccessTokens {
  private readonly verified = new LRUCache<string, Verified>({ max: 10_000 });

  constructor(
    private readonly keys: SigningKeys,
    private readonly clients: Clients,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A token for a client, with these of its scopes. */
  async issue({ clientId, appId }: Client, granted: readonly Scope[]): Promise<string> {
    const { kid, privateKey } = await this.keys.current();
    const now = Math.floor(this.clock.now().getTime() / 1_000);
    return new SignJWT({ client_id: clientId, scope: granted.join(' ') })
      .setProtectedHeader({ alg: tokenAlgorithm, typ: 'at+jwt', kid })
      .setIssuer(this.settings.publicUrl)
      .setAudience(this.settings.publicUrl)
      .setSubject(appId)
      .setIssuedAt(now)
      .setExpirationTime(now + tokenSeconds)
      .setJti(randomUUID())
      .sign(privateKey);
  }

  /** Who sent this token, where nobody has to be asked for it: most requests need not wait. `undefined` is no refusal: ask `verify`. */
  recognise(token: string): Principal | undefined {
    const known = this.verified.get(token);
    if (!known || known.expiresAt <= this.clock.now().getTime()) return undefined;
    return this.clients.isKnownLive(known.principal.clientId) ? known.principal : undefined;
  }

  /** Who sent this token. @throws Refusal `unauthenticated` */
  async verify(token: string): Promise<Principal> {
    let known = this.verified.get(token);
    if (!known) {
      known = await this.check(token);
      this.verified.set(token, known);
    }
    if (known.expiresAt <= this.clock.now().getTime()) {
      this.verified.delete(token);
      throw refuse('The access token has expired: get a new one from POST /oauth/token.');
    }
    if (await this.clients.isLive(known.principal.clientId)) return known.principal;
    throw refuse('The client of this access token was revoked: use a live credential of the app.');
  }

  private async check(token: string): Promise<Verified> {
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const key = kid === undefined ? undefined : await this.keys.find(kid);
          if (key) return key;
          throw new errors.JWKSNoMatchingKey();
        },
        {
          algorithms: [tokenAlgorithm],
          typ: 'at+jwt',
          issuer: this.settings.publicUrl,
          audience: this.settings.publicUrl,
          requiredClaims: ['exp', 'sub', 'client_id', 'scope'],
          currentDate: this.clock.now(),
        },
      );
      const { sub = '', exp = 0, client_id: clientId, scope } = payload;
      if (typeof clientId !== 'string' || typeof scope !== 'string') throw new errors.JWTInvalid();
      const granted = scopes.filter((name) => scope.split(' ').includes(name));
      return { principal: { appId: sub, clientId, scopes: granted }, expiresAt: exp * 1_000 };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      throw error instanceof errors.JWTExpired
        ? refuse('The access token has expired: get a new one from POST /oauth/token.')
        : refuse('The access token is not one of this platform: get one from POST /oauth/token.');
    }
  }
}

const refuse = (message: string): Refusal => new Refusal('unauthenticated', message);
