import { Inject, Injectable } from '@nestjs/common';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import { addEvents } from '../events/outbox.js';
import type { PageRequest } from '../page.js';
import { LOGGER, type Logger } from '../tokens.js';

const hour = 3_600;
const day = 24 * hour;

/** After how long without news an app hears that a payment has gone stale. */
interface StaleStage {
  readonly stage: number;
  /** Seconds since it was sent, while nobody knows whether the bank has it. */
  readonly unknownFor: number;
  /** Seconds since the last news of one that the bank has, counted from its execution date where that is later. */
  readonly openFor: number;
}

/** Each stage is told once; the next news begins anew. */
export const staleStages: readonly StaleStage[] = [
  { stage: 1, unknownFor: hour / 4, openFor: day },
  { stage: 2, unknownFor: 4 * hour, openFor: 3 * day },
  { stage: 3, unknownFor: day, openFor: 7 * day },
];

/** Payments whose outcome nobody can tell, or that nobody has said anything about for long. */
export interface DoubtFilter extends PageRequest {
  readonly connectionId?: string | undefined;
  readonly appId?: string | undefined;
}

/** Whether people may decide about a payment: it has not ended, and nobody else can tell about it. */
export function isInDoubt({ final, state, staleStage }: Payment): boolean {
  return !final && (state === 'unknown' || staleStage > 0);
}

interface StaleRow {
  readonly id: string;
  readonly app_id: string;
  readonly connection_id: string;
  readonly version: number;
  readonly state: string;
  readonly iso_status: string | null;
  readonly stage: number;
  readonly silent_since: Date;
}

/** Says in time that a payment hears nothing, and finds those for people. */
@Injectable()
export class PaymentDoubt {
  constructor(
    private readonly database: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Tells apps (`payment.stale`) and people about payments that have come to a further stage, set-wise, by the database's
   * clock. Safe to run in several workers at once. A standing order that the bank has is quiet for years: it is left out.
   * @returns how many; as many as `limit` means that there may be more
   */
  async reportStale(limit = 500): Promise<number> {
    const rows = await this.database.transaction(async (manager) => {
      const stale = await this.advance(manager, limit);
      await addEvents(
        manager,
        stale.map(({ id, app_id, version, state, iso_status, stage, silent_since }) => ({
          appId: app_id,
          type: 'payment.stale',
          subjectId: id,
          // Four numbers belong to each version: see `observe`.
          sequence: version * 4,
          data: {
            paymentId: id,
            status: state,
            isoStatus: iso_status,
            final: false,
            stage,
            silentSince: silent_since.toISOString(),
          },
        })),
      );
      return stale;
    });
    for (const { id, connection_id, state, stage } of rows) {
      this.logger.warn(
        { event: 'payment.stale', paymentId: id, connectionId: connection_id, status: state, stage },
        'nobody has said anything about this payment for long',
      );
    }
    return rows.length;
  }

  /** Over all apps, oldest first, for administrators; up to `limit + 1` rows, keyed by their id. */
  list({ limit, after, connectionId, appId }: DoubtFilter): Promise<Payment[]> {
    const query = this.database
      .getRepository(PaymentEntity)
      .createQueryBuilder('payment')
      .where(`NOT payment.final AND (payment.state = 'unknown' OR payment.staleStage > 0)`)
      .orderBy('payment.id')
      .limit(limit + 1);
    if (connectionId) query.andWhere('payment.connectionId = :connectionId', { connectionId });
    if (appId) query.andWhere('payment.appId = :appId', { appId });
    if (after !== null) query.andWhere('payment.id > :after', { after });
    return query.getMany();
  }

  private async advance(manager: EntityManager, limit: number): Promise<StaleRow[]> {
    const [rows] = await manager.query<[StaleRow[], number]>(
      `WITH silent AS (
         SELECT id, stale_stage, state,
                CASE WHEN state = 'unknown' THEN coalesce(sent_at, updated_at)
                     ELSE greatest(updated_at, ("order"->>'executionDate')::date + interval '1 day') END AS since
         FROM payments
         WHERE next_poll_at IS NOT NULL AND NOT final AND send_state <> 'created'
           AND (state = 'unknown' OR NOT "order" ? 'recurrence')),
       due AS MATERIALIZED (
         SELECT silent.id, silent.since, max(stages.stage) AS stage
         FROM silent JOIN unnest($1::int[], $2::int[], $3::int[]) AS stages(stage, unknown_for, open_for)
           ON silent.since < now() - interval '1 second'
                * CASE WHEN silent.state = 'unknown' THEN stages.unknown_for ELSE stages.open_for END
          AND stages.stage > silent.stale_stage
         GROUP BY silent.id, silent.since ORDER BY silent.since LIMIT $4)
       UPDATE payments AS payment SET stale_stage = due.stage, version = payment.version + 1
       FROM due
       WHERE payment.id = due.id AND payment.stale_stage < due.stage AND NOT payment.final
       RETURNING payment.id, payment.app_id, payment.connection_id, payment.version, payment.state, payment.iso_status,
                 due.stage, due.since AS silent_since`,
      [
        staleStages.map(({ stage }) => stage),
        staleStages.map(({ unknownFor }) => unknownFor),
        staleStages.map(({ openFor }) => openFor),
        limit,
      ],
    );
    return rows;
  }
}
