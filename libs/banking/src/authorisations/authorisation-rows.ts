import { Injectable } from '@nestjs/common';
import { authorisationPollDelay, type NextStep, scaStatuses, type ScaStatus } from '@tributary/domain';
import { type Authorisation, AuthorisationEntity } from '@tributary/persistence';
import { Vault } from '@tributary/platform';
import type {
  AuthorisationSnapshot,
  AuthorisationSubject,
  Continuation,
  HeldAuthorisation,
} from '@tributary/providers';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { disclosed } from '../disclosure.js';
import { Grants } from '../upstreams/grants.js';
import { Callbacks } from './callbacks.js';
import { granteeOf, signedBy, type SubjectType } from './subject.js';

/** How long the subject of an SCA that is over may wait until the worker looks after it. */
const doorbellMs = 5_000;
/** Longer than every timeout of the one call that hands an answer over. */
const answerSeconds = 120;
/** How long a claimed poll belongs to the worker that claimed it. */
const pollLeaseSeconds = 60;

const nobodyHasIt = '(answering_until IS NULL OR answering_until <= now())';

const closing = `
  UPDATE authorisations
  SET open = false, sca_status = CASE WHEN open THEN 'failed' ELSE sca_status END, next_step_envelope = NULL,
      next_poll_at = NULL, answering_until = NULL, version = version + 1, updated_at = now()
  WHERE (open OR next_poll_at IS NOT NULL)`;

/** The row as far as what is said about its SCA depends on it. */
type Spoken = Pick<Authorisation, 'id' | 'appId' | 'disclosure'>;

/** What an upstream's words change of a row: an assignment list, its ten parameters from `$first` on ({@link AuthorisationRows.words}). */
export function saying(first: number): string {
  const [approach, scaStatus, upstreamStatus, nextStep, open, reference, continuation, polls, delay, disclosure] =
    Array.from({ length: 10 }, (_, index) => `$${first + index}`);
  return `
    approach = ${approach}, sca_status = coalesce(${scaStatus}, sca_status), upstream_status = ${upstreamStatus},
    next_step_envelope = ${nextStep}, open = ${open}, reference = coalesce(${reference}, reference),
    continuation_envelope = ${continuation}, polls = ${polls}, answering_until = NULL, disclosure = ${disclosure},
    next_poll_at = CASE WHEN ${open} THEN least(now() + ${delay} * interval '1 millisecond', expires_at)
                        ELSE now() + ${delay} * interval '1 millisecond' END,
    version = version + 1, updated_at = now()`;
}

/** Whether an SCA goes on after what was said about it. */
export function isOpen({ scaStatus }: Pick<AuthorisationSnapshot, 'scaStatus'>): boolean {
  return scaStatus === null || !scaStatuses[scaStatus].final;
}

/** What guards a write. */
export interface WriteGuard {
  /** Only if nobody else wrote since the row was read. */
  readonly version?: number | undefined;
  /** How often we asked about it so far; absent: counted anew. */
  readonly polls?: number | undefined;
}

/** Reads and writes the rows of authorisations. What a next call needs, and the step itself, are sealed. */
@Injectable()
export class AuthorisationRows {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly grants: Grants,
    private readonly callbacks: Callbacks,
  ) {}

  find(where: { id: string; appId?: string }): Promise<Authorisation | null> {
    return this.database.getRepository(AuthorisationEntity).findOneBy(where);
  }

  /** Oldest first. */
  ofSubjects(ids: readonly string[]): Promise<Authorisation[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.database
      .getRepository(AuthorisationEntity)
      .createQueryBuilder('authorisation')
      .where('authorisation.subjectId = ANY(:ids)', { ids })
      .orderBy('authorisation.id')
      .getMany();
  }

  /** The row as a provider wants it back. */
  held(row: Authorisation): HeldAuthorisation {
    const { id, reference, approach } = row;
    return { id, reference, approach, nextStep: this.nextStep(row), continuation: this.continuation(row) };
  }

  /** The subject as the one who authorises it sees it. */
  signed(row: Authorisation, subject: AuthorisationSubject): AuthorisationSubject {
    return signedBy(subject, row, this.grants.store(granteeOf(row), row.appId));
  }

  /** null once the SCA is over. */
  nextStep(row: Authorisation): NextStep | null {
    if (!row.open || row.nextStepEnvelope === null) return null;
    return this.vault.unsealJson<NextStep>(row.nextStepEnvelope, place(row, 'next_step_envelope'));
  }

  /** The row as if the upstream had just said it again. */
  snapshot(row: Authorisation): AuthorisationSnapshot {
    return {
      reference: row.reference,
      approach: row.approach,
      scaStatus: isScaStatus(row.scaStatus) ? row.scaStatus : null,
      upstreamStatus: row.upstreamStatus,
      nextStep: this.nextStep(row),
      continuation: this.continuation(row),
      observedAt: row.updatedAt,
    };
  }

  /**
   * Writes what the upstream said, with its tokens. An SCA that is over stays as it ended.
   * @returns whether it was written
   */
  async write(
    manager: EntityManager,
    row: Authorisation,
    snapshot: AuthorisationSnapshot,
    { version, polls = 0 }: WriteGuard = {},
  ): Promise<boolean> {
    const [, written] = await manager.query<[unknown, number]>(
      `UPDATE authorisations SET ${saying(3)} WHERE id = $1 AND open AND ($2::int IS NULL OR version = $2)`,
      [row.id, version ?? null, ...this.words(row, snapshot, polls)],
    );
    if (written === 0) return false;
    const { returnState, tokens } = snapshot;
    if (returnState !== undefined) await this.callbacks.addForeign(manager, row, returnState);
    if (tokens) await this.grants.save(manager, granteeOf(row), row.appId, tokens);
    return true;
  }

  /** What was said about an SCA, sealed where it must be: the parameters of {@link saying}. */
  words(row: Spoken, snapshot: AuthorisationSnapshot, polls = 0): readonly unknown[] {
    const { approach, scaStatus, upstreamStatus, nextStep, reference, continuation } = snapshot;
    const open = isOpen(snapshot);
    return [
      approach,
      scaStatus,
      upstreamStatus,
      nextStep && open ? this.vault.sealJson(nextStep, place(row, 'next_step_envelope')) : null,
      open,
      reference,
      this.vault.sealJson(continuation, place(row, 'continuation_envelope')),
      polls,
      open ? pollDelay(snapshot, polls) : doorbellMs,
      disclosed(row.disclosure, snapshot.disclosure),
    ];
  }

  /**
   * Reserves the right to hand an answer over; false while somebody else has it or the step has moved on. Should its
   * holder die before it has written down what came of it, the worker asks the upstream when the reservation is over.
   */
  async claimAnswer({ id, version }: Authorisation): Promise<boolean> {
    const [, claimed] = await this.database.query<[unknown, number]>(
      `UPDATE authorisations SET answering_until = now() + $3 * interval '1 second', version = version + 1,
         next_poll_at = least(next_poll_at, now() + $3 * interval '1 second')
       WHERE id = $1 AND version = $2 AND open AND (answering_until IS NULL OR answering_until < now())`,
      [id, version, answerSeconds],
    );
    return claimed === 1;
  }

  /** The upstream may have gone on all the same: the worker asks how it stands. */
  async releaseAnswer(id: string): Promise<void> {
    await this.database.query(
      'UPDATE authorisations SET answering_until = NULL, next_poll_at = now() WHERE id = $1 AND open',
      [id],
    );
  }

  /**
   * Nothing could be written down about a PSU's return: the worker asks soon.
   * @param heard the upstream refused or did not answer; else nobody knows what came of the return, unless somebody else
   *   has written it down since
   */
  async returnFailed(id: string, heard: boolean): Promise<void> {
    await this.database.query(
      `UPDATE authorisations
       SET next_poll_at = now(),
           answering_until = CASE WHEN NOT $2 AND open AND answering_until IS NOT NULL THEN least(answering_until, now()) END
       WHERE id = $1`,
      [id, heard],
    );
  }

  /** Asks the worker to look at it then, unless something was said about it meanwhile. */
  async expectStart(manager: EntityManager, id: string, seconds: number): Promise<void> {
    await manager.query(
      `UPDATE authorisations SET next_poll_at = now() + $2 * interval '1 second'
       WHERE id = $1 AND open AND continuation_envelope IS NULL`,
      [id, seconds],
    );
  }

  /** Plans the next poll after one that brought nothing. */
  async postpone({ id, polls }: Authorisation): Promise<void> {
    await this.database.query(
      `UPDATE authorisations SET polls = polls + 1, next_poll_at = now() + $2 * interval '1 millisecond' WHERE id = $1`,
      [id, authorisationPollDelay(polls)],
    );
  }

  /** The SCA is over and its subject is up to date: nothing is left to ask. */
  async settle(id: string): Promise<void> {
    await this.database.query('UPDATE authorisations SET next_poll_at = NULL WHERE id = $1 AND NOT open', [id]);
  }

  /** Ends the authorisations of subjects without a word from the upstream: its last word stays. */
  async close(manager: EntityManager, subjectIds: readonly string[]): Promise<void> {
    await manager.query(`${closing} AND subject_id = ANY($1)`, [subjectIds]);
  }

  /** The same for one. */
  async closeOne(manager: EntityManager, id: string): Promise<void> {
    await manager.query(`${closing} AND id = $1`, [id]);
  }

  /** The same for all others about the same subject by the same signer. */
  async closeEarlier(manager: EntityManager, id: string): Promise<void> {
    await manager.query(
      `${closing} AND id IN (
         SELECT earlier.id FROM authorisations AS earlier JOIN authorisations AS newest
           ON newest.subject_id = earlier.subject_id AND newest.subject_type = earlier.subject_type
          AND newest.psu_id IS NOT DISTINCT FROM earlier.psu_id
          AND newest.psu_corporate_id IS NOT DISTINCT FROM earlier.psu_corporate_id
         WHERE newest.id = $1 AND earlier.id <> $1)`,
      [id],
    );
  }

  /** As if it had never been. */
  async remove(manager: EntityManager, id: string): Promise<void> {
    await manager.query('DELETE FROM callbacks WHERE authorisation_id = $1', [id]);
    await manager.query('DELETE FROM authorisations WHERE id = $1', [id]);
  }

  /** Whether somebody else, or the same one anew, is authorising the same subject. */
  async othersOpen({ id, subjectType, subjectId }: Authorisation): Promise<boolean> {
    return this.database
      .getRepository(AuthorisationEntity)
      .existsBy({ subjectType, subjectId, open: true, id: Not(id) });
  }

  /** Id of the newest SCA of a subject that is under way. */
  async newestOpen(subjectType: SubjectType, subjectId: string): Promise<string | null> {
    const newest = await this.database
      .getRepository(AuthorisationEntity)
      .findOne({ select: { id: true }, where: { subjectType, subjectId, open: true }, order: { id: 'DESC' } });
    return newest?.id ?? null;
  }

  async stepOpen(subjectType: SubjectType, subjectId: string): Promise<boolean> {
    return this.database
      .getRepository(AuthorisationEntity)
      .existsBy({ subjectType, subjectId, open: true, nextStepEnvelope: Not(IsNull()) });
  }

  /** By the database's clock: whether the time for it is over, and whether somebody has an answer or a return in hand. */
  async times(id: string): Promise<{ readonly lapsed: boolean; readonly inHand: boolean }> {
    const [row] = await this.database.query<{ lapsed: boolean; inHand: boolean }[]>(
      `SELECT expires_at <= now() AS lapsed, coalesce(answering_until > now(), false) AS "inHand"
       FROM authorisations WHERE id = $1`,
      [id],
    );
    return row ?? { lapsed: false, inHand: false };
  }

  /** Connections with a due authorisation: one index probe each. */
  async dueConnections(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT connection.id FROM connections AS connection
       WHERE EXISTS (SELECT 1 FROM authorisations AS due
                     WHERE due.connection_id = connection.id AND due.next_poll_at <= now() AND ${nobodyHasIt})`,
    );
    return rows.map((row) => row.id);
  }

  /** Claims authorisations of a connection that are due for a poll; nobody else gets them for a minute. */
  async claimDue(connectionId: string, limit: number): Promise<readonly string[]> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `WITH due AS MATERIALIZED (
         SELECT id FROM authorisations WHERE connection_id = $1 AND next_poll_at <= now() AND ${nobodyHasIt}
         ORDER BY next_poll_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       UPDATE authorisations AS claimed SET next_poll_at = now() + $3 * interval '1 second'
       FROM due WHERE claimed.id = due.id
       RETURNING claimed.id`,
      [connectionId, limit, pollLeaseSeconds],
    );
    return rows.map((row) => row.id);
  }

  private continuation(row: Authorisation): Continuation {
    if (row.continuationEnvelope === null) return {};
    return this.vault.unsealJson<Continuation>(row.continuationEnvelope, place(row, 'continuation_envelope'));
  }
}

/** Milliseconds to the next poll; null where only the app's answer or the end of its time moves it. */
function pollDelay({ approach, nextStep }: AuthorisationSnapshot, polls: number): number | null {
  const runsWithoutUs = approach !== 'embedded' || nextStep?.type === 'wait';
  return runsWithoutUs ? authorisationPollDelay(polls) : null;
}

const isScaStatus = (word: string): word is ScaStatus => Object.hasOwn(scaStatuses, word);

const place = ({ appId, id }: Pick<Authorisation, 'id' | 'appId'>, column: string) => ({
  appId,
  table: 'authorisations',
  row: id,
  column,
});
