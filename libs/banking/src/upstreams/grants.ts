import { Injectable } from '@nestjs/common';
import { failpoint, Vault, type VaultPlace } from '@tributary/platform';
import type { TokenSet, TokenStore } from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';
import { Refusal } from '../refusal.js';

interface Flight {
  readonly stale: string;
  readonly tokens: Promise<TokenSet>;
}

/**
 * An upstream's OAuth tokens, one set per consent or payment (and per SCA of a further signer), in the vault only.
 *
 * A refresh runs once however many ask for it: within a process they share one flight, between processes the row is
 * locked, and whoever comes second finds the newer tokens. A rotating refresh token that is used twice ends its whole
 * family (RFC 9700 section 4.14.2), and the PSU would have to come back.
 */
@Injectable()
export class Grants {
  private readonly flights = new Map<string, Flight>();

  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
  ) {}

  /**
   * The tokens of one consent or payment, as a provider uses them.
   * @param found what the caller has just read together with their subject: good for the first reading
   */
  store(subjectId: string, appId: string, found?: string | null): TokenStore {
    let fresh = found;
    return {
      read: () => {
        if (fresh === undefined) return this.read(this.database.manager, subjectId, appId, '');
        const envelope = fresh;
        fresh = undefined;
        return Promise.resolve(envelope === null ? null : this.open(envelope, subjectId, appId));
      },
      refresh: (stale, exchange) => this.shared(subjectId, appId, stale, exchange),
    };
  }

  /** Keeps tokens that came with an authorisation; they replace older ones. */
  async save(manager: EntityManager, subjectId: string, appId: string, tokens: TokenSet): Promise<void> {
    await manager.query(
      `INSERT INTO grants (subject_id, app_id, tokens_envelope, version, updated_at) VALUES ($1, $2, $3, 1, now())
       ON CONFLICT (subject_id) DO UPDATE
       SET tokens_envelope = excluded.tokens_envelope, version = grants.version + 1, updated_at = now()`,
      [subjectId, appId, this.vault.sealJson(tokens, place(subjectId, appId))],
    );
  }

  /** Forgets the tokens of a subject that has ended, and those of others who signed it. */
  async drop(manager: EntityManager, subjectIds: readonly string[]): Promise<void> {
    await manager.query(
      `DELETE FROM grants WHERE subject_id = ANY($1)
         OR subject_id IN (SELECT id FROM authorisations WHERE subject_id = ANY($1) AND psu_id IS NOT NULL)`,
      [subjectIds],
    );
  }

  private async shared(
    subjectId: string,
    appId: string,
    stale: TokenSet,
    exchange: (current: TokenSet) => Promise<TokenSet>,
  ): Promise<TokenSet> {
    const running = this.flights.get(subjectId);
    if (running?.stale === stale.accessToken) return running.tokens;
    const tokens = this.locked(subjectId, appId, stale, exchange);
    const flight = { stale: stale.accessToken, tokens };
    this.flights.set(subjectId, flight);
    try {
      return await tokens;
    } finally {
      if (this.flights.get(subjectId) === flight) this.flights.delete(subjectId);
    }
  }

  private locked(
    subjectId: string,
    appId: string,
    stale: TokenSet,
    exchange: (current: TokenSet) => Promise<TokenSet>,
  ): Promise<TokenSet> {
    return this.database.transaction(async (manager) => {
      // Longer than every timeout of the exchange itself, so that only a dead process is not waited for.
      await manager.query(`SET LOCAL lock_timeout = '45s'`);
      const current = await this.read(manager, subjectId, appId, 'FOR UPDATE');
      if (!current) {
        throw new Refusal('consent_not_usable', 'The bank gave no tokens for this. The PSU has to authorise it again.');
      }
      if (current.accessToken !== stale.accessToken) return current;
      const fresh = await exchange(current);
      failpoint('tokens.refreshed');
      // RFC 6749 section 6: without a new refresh token the old one stays good.
      const kept = { ...fresh, refreshToken: fresh.refreshToken ?? current.refreshToken };
      await this.save(manager, subjectId, appId, kept);
      return kept;
    });
  }

  private async read(
    manager: EntityManager,
    subjectId: string,
    appId: string,
    lock: '' | 'FOR UPDATE',
  ): Promise<TokenSet | null> {
    const [row] = await manager.query<{ tokens_envelope: string }[]>(
      `SELECT tokens_envelope FROM grants WHERE subject_id = $1 AND app_id = $2 ${lock}`,
      [subjectId, appId],
    );
    return row ? this.open(row.tokens_envelope, subjectId, appId) : null;
  }

  private open(envelope: string, subjectId: string, appId: string): TokenSet {
    return this.vault.unsealJson<TokenSet>(envelope, place(subjectId, appId));
  }
}

const place = (subjectId: string, appId: string): VaultPlace => ({
  appId,
  table: 'grants',
  row: subjectId,
  column: 'tokens_envelope',
});
