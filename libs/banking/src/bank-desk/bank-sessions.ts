import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type BankSession, BankSessionEntity } from '@tributary/persistence';
import { constantTimeEqual, sha256Hex } from '@tributary/platform';
import { DataSource, type EntityManager } from 'typeorm';

/** So often a customer may mistype before the link is dead. */
const mostFailedLogins = 5;

export type NewBankSession = Pick<BankSession, 'appId' | 'connectionId' | 'subjectType' | 'subjectId' | 'expiresAt'>;

/** An open page: what it is about, and whether its customer is known in the browser that asks. */
export interface OpenSession {
  readonly session: BankSession;
  /** Who is logged in in this browser; null: nobody yet. */
  readonly psuId: string | null;
}

/**
 * Links to our pages: 32 random bytes, kept as a hash, about one subject, until its time is over. A link alone lets nobody
 * decide: the customer logs in, and then only the browser in which that happened gets further.
 */
@Injectable()
export class BankSessions {
  constructor(private readonly database: DataSource) {}

  /** @returns the secret part of the link */
  async open(manager: EntityManager, session: NewBankSession, token = newToken()): Promise<string> {
    await manager.getRepository(BankSessionEntity).insert({
      ...session,
      tokenHash: sha256Hex(token),
      psuId: null,
      browserHash: null,
      loginNonceHash: null,
      failedLogins: 0,
      shownAt: null,
      createdAt: new Date(),
    });
    return token;
  }

  /**
   * The link of a browser that arrived by this URL: the same whenever it comes again, and known to nobody else, since the browser's
   * secret is its key.
   */
  linkOf({ connectionId }: Pick<BankSession, 'connectionId'>, requestUrl: string, browser: string): string {
    return createHmac('sha256', browser).update(`${connectionId} ${requestUrl}`).digest('base64url');
  }

  /** The session of a link as it is, without a look at it. */
  peek(manager: EntityManager, token: string): Promise<BankSession | null> {
    return manager.getRepository(BankSessionEntity).findOneBy({ tokenHash: sha256Hex(token) });
  }

  /** The session of a link, and when it was first looked at; null where it is not one of ours. */
  async find(subjectType: BankSession['subjectType'], token: string, browser: string): Promise<OpenSession | null> {
    const [rows] = await this.database.query<[{ token_hash: string }[], number]>(
      `UPDATE bank_sessions SET shown_at = coalesce(shown_at, now())
       WHERE token_hash = $1 AND subject_type = $2 RETURNING token_hash`,
      [sha256Hex(token), subjectType],
    );
    if (rows.length === 0) return null;
    const session = await this.database
      .getRepository(BankSessionEntity)
      .findOneByOrFail({ tokenHash: sha256Hex(token) });
    const same = session.browserHash !== null && constantTimeEqual(session.browserHash, sha256Hex(browser));
    return { session, psuId: same ? session.psuId : null };
  }

  /** Whether the link still leads to a decision. */
  isLive(session: BankSession, now: Date): boolean {
    return session.expiresAt > now && !this.isLocked(session);
  }

  /** Whether somebody mistyped too often. */
  isLocked({ failedLogins }: BankSession): boolean {
    return failedLogins >= mostFailedLogins;
  }

  /** Begins a login elsewhere, in this browser; whoever is logged in stays so until it ends. @returns what has to come back with it */
  async beginLogin({ tokenHash }: BankSession, browser: string): Promise<string> {
    const nonce = newToken();
    await this.database
      .getRepository(BankSessionEntity)
      .update({ tokenHash }, { loginNonceHash: nonceHash(nonce, browser) });
    return nonce;
  }

  /** Ends a login elsewhere: once, and only in the browser in which it began. */
  async endLogin({ tokenHash }: BankSession, browser: string, nonce: string, psuId: string): Promise<boolean> {
    const [, changed] = await this.database.query<[unknown[], number]>(
      `UPDATE bank_sessions SET psu_id = $4, browser_hash = $2, login_nonce_hash = NULL
       WHERE token_hash = $1 AND login_nonce_hash = $3 AND expires_at > now() AND failed_logins < $5`,
      [tokenHash, sha256Hex(browser), nonceHash(nonce, browser), psuId, mostFailedLogins],
    );
    return changed > 0;
  }

  /**
   * Counts an attempt to log in on our own page as failed, before anything is compared: of many at once no more are tried than one
   * after another. @returns whether there may be another one
   */
  async attemptLogin({ tokenHash }: BankSession): Promise<boolean> {
    const [, counted] = await this.database.query<[unknown[], number]>(
      'UPDATE bank_sessions SET failed_logins = failed_logins + 1 WHERE token_hash = $1 AND failed_logins < $2',
      [tokenHash, mostFailedLogins],
    );
    return counted > 0;
  }

  /** The attempt was a good one: nothing failed. */
  async login({ tokenHash }: BankSession, browser: string, psuId: string): Promise<void> {
    await this.database.query(
      `UPDATE bank_sessions SET psu_id = $2, browser_hash = $3, login_nonce_hash = NULL, failed_logins = failed_logins - 1
       WHERE token_hash = $1`,
      [tokenHash, psuId, sha256Hex(browser)],
    );
  }

  /** Forgets links that lead nowhere any more; the days that were reported need them no longer either. */
  async forget(days: number): Promise<void> {
    await this.database.query(`DELETE FROM bank_sessions WHERE created_at < now() - $1 * interval '1 day'`, [days]);
  }
}

const newToken = (): string => randomBytes(32).toString('base64url');

/** Good in the browser in which the login began, and in no other. */
const nonceHash = (nonce: string, browser: string): string => sha256Hex(`${nonce} ${sha256Hex(browser)}`);
