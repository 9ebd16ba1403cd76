import { Inject, Injectable } from '@nestjs/common';
import { type BankDesk, BankDeskEntity, type BankSession } from '@tributary/persistence';
import { constantTimeEqual, randomSecret, Vault, type VaultPlace } from '@tributary/platform';
import { errors, jwtVerify, SignJWT } from 'jose';
import { DataSource } from 'typeorm';
import { Refusal } from '../refusal.js';
import { CLOCK, type Clock, SETTINGS, type Settings } from '../tokens.js';
import { BankSessions } from './bank-sessions.js';
import type { Desk } from './desks.js';
import { HeldAccounts } from './held-accounts.js';

/** How long a login elsewhere may take, and how old its proof may be. */
const loginSeconds = 300;
const algorithm = 'HS256';
const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** How customers prove who they are: at the bank's own login, at a demo login in a sandbox, or not here. */
export type LoginWay = { readonly type: 'redirect'; readonly url: string } | { readonly type: 'demo' | 'none' };

/** The code that the demo login takes. It protects made-up customers only. */
export const demoCode = '123456';

/**
 * Logins of the bank's customers. The bank's own page does it: the browser goes there with a signed request and comes back
 * with a signed answer (JWT, HS256, with a secret that only the bank and we have). Where the bank names no page, a sandbox
 * has a demo login; elsewhere nobody logs in here, and the app decides through the API.
 */
@Injectable()
export class DeskLoginService {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly sessions: BankSessions,
    private readonly accounts: HeldAccounts,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** What the app says about its customers' login. */
  get(appId: string): Promise<BankDesk | null> {
    return this.database.getRepository(BankDeskEntity).findOneBy({ appId });
  }

  /**
   * Sets where customers log in. A new secret each time that there is a new URL or `rotate`: shown once.
   * @returns the secret; null where it stays or is gone
   * @throws Refusal `invalid_request` for a page that passwords would travel to in clear
   */
  async put(appId: string, loginUrl: string | null, rotate: boolean): Promise<string | null> {
    if (loginUrl !== null) this.checkUrl(loginUrl);
    return this.database.transaction(async (manager) => {
      // Two that set it at once: there may be no row yet that the second could wait for.
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`bank-desk|${appId}`]);
      const desks = manager.getRepository(BankDeskEntity);
      const held = await desks.findOneBy({ appId });
      const now = this.clock.now();
      const keep = !rotate && loginUrl !== null && held?.loginUrl === loginUrl;
      const secret = keep || loginUrl === null ? null : randomSecret('bls');
      await desks.save({
        appId,
        loginUrl,
        loginSecretEnvelope: keep ? held.loginSecretEnvelope : secret && this.vault.seal(secret, place(appId)),
        version: (held?.version ?? 0) + 1,
        createdAt: held?.createdAt ?? now,
        updatedAt: now,
      });
      return secret;
    });
  }

  /** How customers of this desk log in. */
  async way({ appId, environment }: Desk): Promise<LoginWay> {
    const desk = await this.get(appId);
    if (desk?.loginUrl && desk.loginSecretEnvelope) return { type: 'redirect', url: desk.loginUrl };
    return { type: environment === 'sandbox' ? 'demo' : 'none' };
  }

  /** Sends the browser to the bank's own login. @param returnUrl where it comes back to */
  async begin(desk: Desk, session: BankSession, browser: string, returnUrl: string): Promise<string | null> {
    const held = await this.get(desk.appId);
    if (!held?.loginUrl || !held.loginSecretEnvelope) return null;
    const nonce = await this.sessions.beginLogin(session, browser);
    const now = Math.floor(this.clock.now().getTime() / 1_000);
    const request = await new SignJWT({ nonce, returnUrl, subjectType: session.subjectType })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuer(this.settings.publicUrl)
      .setAudience(desk.appId)
      .setSubject(session.subjectId)
      .setIssuedAt(now)
      .setExpirationTime(now + loginSeconds)
      .sign(this.secretOf(held, held.loginSecretEnvelope));
    const url = new URL(held.loginUrl);
    url.searchParams.set('request', request);
    return url.href;
  }

  /** Takes the browser back. @returns whether the customer is known now */
  async complete(desk: Desk, session: BankSession, browser: string, proof: string): Promise<boolean> {
    const held = await this.get(desk.appId);
    if (!held?.loginSecretEnvelope) return false;
    try {
      const { payload } = await jwtVerify(proof, this.secretOf(held, held.loginSecretEnvelope), {
        algorithms: [algorithm],
        issuer: desk.appId,
        audience: this.settings.publicUrl,
        requiredClaims: ['sub', 'exp', 'nonce'],
        maxTokenAge: loginSeconds,
        currentDate: this.clock.now(),
      });
      const { sub, nonce } = payload;
      if (typeof nonce !== 'string' || !sub || sub.length > 200) return false;
      return await this.sessions.endLogin(session, browser, nonce, sub);
    } catch (error) {
      if (error instanceof errors.JOSEError) return false;
      throw error;
    }
  }

  /** A login with the demo code, in a sandbox only, as a customer who has accounts there. */
  async demo(
    desk: Desk,
    session: BankSession,
    browser: string,
    { psuId, code }: { readonly psuId: string; readonly code: string },
  ): Promise<boolean> {
    if ((await this.way(desk)).type !== 'demo' || !(await this.sessions.attemptLogin(session))) return false;
    const right = constantTimeEqual(code, demoCode);
    const held = await this.accounts.ofCustomer(this.database.manager, desk.appId, psuId);
    if (!right || held.length === 0) return false;
    await this.sessions.login(session, browser, psuId);
    return true;
  }

  /** Over https; on a developer's own machine also without. */
  private checkUrl(loginUrl: string): void {
    const { protocol, hostname } = new URL(loginUrl);
    if (protocol === 'https:' || (this.settings.nodeEnv !== 'production' && loopback.has(hostname))) return;
    throw new Refusal('invalid_request', 'Customers enter their credentials there: it has to be an https URL.', {
      errors: [{ pointer: '/loginUrl', code: 'url_refused', message: 'must be an https URL' }],
    });
  }

  private secretOf({ appId }: BankDesk, envelope: string): Uint8Array {
    return new TextEncoder().encode(this.vault.unseal(envelope, place(appId)));
  }
}

const place = (appId: string): VaultPlace => ({
  appId,
  table: 'bank_desks',
  row: appId,
  column: 'login_secret_envelope',
});
