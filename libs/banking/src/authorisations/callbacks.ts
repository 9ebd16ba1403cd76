import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { sha256Hex } from '@tributary/platform';
import type { CallbackTarget } from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';
import { SETTINGS, type Settings } from '../tokens.js';

/** How long a PSU may take from our link to their way back, by the database's clock. */
export const minutesToReturn = 10;

/** Longer than every timeout of the calls that follow from a PSU's return. */
const returnSeconds = 120;

/** For so long a late PSU still hears that their time was over, and a second one that the way was used. */
const daysToExplain = 1;

/** Why a PSU's return is not believed. */
export type CallbackRefusal = 'unknown' | 'used' | 'expired';

/** The `state` of a PSU's return is not one that can be used. Never leads to a redirect. */
export class CallbackRefused extends Error {
  override readonly name = 'CallbackRefused';
  constructor(readonly reason: CallbackRefusal) {
    super(`The return of the PSU is refused: its state is ${reason}.`);
  }
}

/**
 * The one-use values with which a PSU's browser comes back: 32 random bytes, kept as a hash, bound to one authorisation
 * and so to its app, connection and subject.
 */
@Injectable()
export class Callbacks {
  constructor(
    private readonly database: DataSource,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** A new way back for whoever writes it down together with more: only the hash of its state may be kept. */
  make(provider: string): { readonly target: CallbackTarget; readonly stateHash: string } {
    const state = randomBytes(32).toString('base64url');
    return { target: { url: `${this.settings.publicUrl}/callbacks/${provider}`, state }, stateHash: sha256Hex(state) };
  }

  /** A new way back for an authorisation; earlier ones stay good until they end, since a PSU may be under way on one. */
  async add(
    manager: EntityManager,
    { id, appId, connectionId }: { id: string; appId: string; connectionId: string },
  ): Promise<CallbackTarget> {
    const state = randomBytes(32).toString('base64url');
    const rows = await manager.query<{ provider: string }[]>(
      `INSERT INTO callbacks (state_hash, app_id, connection_id, provider, authorisation_id, expires_at)
       SELECT $1, $2, id, provider, $4, now() + $5 * interval '1 minute' FROM connections WHERE id = $3
       RETURNING provider`,
      [sha256Hex(state), appId, connectionId, id, minutesToReturn],
    );
    const [row] = rows;
    if (!row) throw new Error(`no connection ${connectionId}`);
    return { url: `${this.settings.publicUrl}/callbacks/${row.provider}`, state };
  }

  /** A way back whose state the upstream made up. The same one twice is one. */
  async addForeign(
    manager: EntityManager,
    { id, appId, connectionId }: { id: string; appId: string; connectionId: string },
    state: string,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO callbacks (state_hash, app_id, connection_id, provider, authorisation_id, expires_at)
       SELECT $1, $2, id, provider, $4, now() + $5 * interval '1 minute' FROM connections WHERE id = $3
       ON CONFLICT DO NOTHING`,
      [sha256Hex(state), appId, connectionId, id, minutesToReturn],
    );
  }

  /** Deletes what nobody can use any more. @returns how many; as many as `limit`: there may be more */
  async forgetOld(limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `WITH old AS MATERIALIZED (
         SELECT state_hash FROM callbacks WHERE expires_at < now() - $1 * interval '1 day' LIMIT $2 FOR UPDATE SKIP LOCKED)
       DELETE FROM callbacks USING old WHERE callbacks.state_hash = old.state_hash`,
      [daysToExplain, limit],
    );
    return count;
  }

  /**
   * Uses a state up. Of any number of simultaneous callers exactly one gets through. It has the authorisation in hand: nobody
   * else asks about it until what came of the return is written down, or its time for that is over.
   * @returns id of the authorisation
   * @throws CallbackRefused
   */
  async use(provider: string, state: string): Promise<string> {
    const hash = sha256Hex(state);
    const [row] = await this.database.query<{ authorisation_id: string }[]>(
      `WITH used AS (
         UPDATE callbacks SET used_at = now()
         WHERE state_hash = $1 AND provider = $2 AND used_at IS NULL AND expires_at > now()
         RETURNING authorisation_id),
       in_hand AS (
         UPDATE authorisations AS sca
         SET answering_until = now() + $3 * interval '1 second', version = version + 1,
             next_poll_at = least(next_poll_at, now() + $3 * interval '1 second')
         FROM used WHERE sca.id = used.authorisation_id AND sca.open)
       SELECT authorisation_id FROM used`,
      [hash, provider, returnSeconds],
    );
    if (row) return row.authorisation_id;
    const [held] = await this.database.query<{ used: boolean }[]>(
      'SELECT used_at IS NOT NULL AS used FROM callbacks WHERE state_hash = $1 AND provider = $2',
      [hash, provider],
    );
    throw new CallbackRefused(held ? (held.used ? 'used' : 'expired') : 'unknown');
  }
}
