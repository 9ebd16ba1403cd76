import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { addEvents } from '../events/outbox.js';
import { Grants } from '../upstreams/grants.js';

interface Ended {
  id: string;
  app_id: string;
  version: number;
}

/** How long before its last day an app hears that a consent ends: time for the PSU to authorise it again. */
const announcedDays = 7;

/** Announces and ends consents whose last day is near or over, without asking anybody: that day was agreed with the PSU. */
@Injectable()
export class ConsentExpiry {
  constructor(
    private readonly database: DataSource,
    private readonly authorisations: AuthorisationsService,
    private readonly grants: Grants,
  ) {}

  /**
   * Tells apps about recurring consents that end soon (`consent.expiring`), once for each last day.
   * @returns how many; as many as `limit` means that there may be more
   */
  async announceDue(limit = 500): Promise<number> {
    return this.database.transaction(async (manager) => {
      const [ending] = await manager.query<[(Ended & { valid_until: string })[], number]>(
        `WITH due AS MATERIALIZED (
           SELECT id FROM consents
           WHERE status = 'authorised' AND recurring AND expiry_announced_for IS DISTINCT FROM valid_until
             AND valid_until BETWEEN (now() AT TIME ZONE 'UTC')::date AND (now() AT TIME ZONE 'UTC')::date + $1::int
           ORDER BY valid_until LIMIT $2 FOR UPDATE SKIP LOCKED)
         UPDATE consents AS consent SET expiry_announced_for = valid_until, version = consent.version + 1
         FROM due WHERE consent.id = due.id
         RETURNING consent.id, consent.app_id, consent.version, consent.valid_until::text AS valid_until`,
        [announcedDays, limit],
      );
      await addEvents(
        manager,
        ending.map(({ id, app_id, version, valid_until }) => ({
          appId: app_id,
          type: 'consent.expiring',
          subjectId: id,
          sequence: version,
          data: { consentId: id, status: 'authorised', validUntil: valid_until },
        })),
      );
      return ending.length;
    });
  }

  /**
   * Set-wise, by the database's clock (UTC days). Safe to run in several workers at once.
   * @returns how many ended; as many as `limit` means that there may be more
   */
  async expireDue(limit = 500): Promise<number> {
    return this.database.transaction(async (manager) => {
      const ended = await this.end(manager, limit);
      if (ended.length === 0) return 0;
      const ids = ended.map(({ id }) => id);
      await manager.query(
        `INSERT INTO consent_events (consent_id, app_id, at, source, status, applied, why)
         SELECT id, app_id, now(), 'clock', 'expired', true, 'change' FROM unnest($1::text[], $2::text[]) AS ended(id, app_id)`,
        [ids, ended.map((row) => row.app_id)],
      );
      await addEvents(
        manager,
        ended.map(({ id, app_id, version }) => ({
          appId: app_id,
          type: 'consent.statusChanged',
          subjectId: id,
          sequence: version,
          data: { consentId: id, status: 'expired' },
        })),
      );
      await this.authorisations.close(manager, ids);
      await this.grants.drop(manager, ids);
      return ended.length;
    });
  }

  private async end(manager: EntityManager, limit: number): Promise<Ended[]> {
    const [rows] = await manager.query<[Ended[], number]>(
      `WITH due AS MATERIALIZED (
         SELECT id FROM consents
         WHERE status IN ('awaitingAuthorisation', 'authorised') AND valid_until < (now() AT TIME ZONE 'UTC')::date
         ORDER BY valid_until LIMIT $1 FOR UPDATE SKIP LOCKED)
       UPDATE consents AS consent SET status = 'expired', version = consent.version + 1, updated_at = now()
       FROM due WHERE consent.id = due.id
       RETURNING consent.id, consent.app_id, consent.version`,
      [limit],
    );
    return rows;
  }
}
