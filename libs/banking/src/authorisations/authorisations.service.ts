import { Inject, Injectable } from '@nestjs/common';
import type { NextStep, ObservationSource, ScaApproach, ScaStatus, StepAnswer } from '@tributary/domain';
import { type Authorisation, AuthorisationEntity } from '@tributary/persistence';
import { failpoint, newId } from '@tributary/platform';
import {
  type Authorisation as AuthorisationPort,
  type AuthorisationSnapshot,
  type AuthorisationSubject,
  type CallbackQuery,
  type CallbackTarget,
  type CallContext,
  type HeldAuthorisation,
  ProviderError,
  type Psu,
} from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';
import { type PaymentDisclosureView, viewPaymentDisclosure } from '../disclosure.js';
import { notFound, Refusal } from '../refusal.js';
import { LOGGER, type Logger } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { AuthorisationRows } from './authorisation-rows.js';
import { Callbacks } from './callbacks.js';
import { checkAnswer } from './step-answer.js';
import {
  again,
  type LoadedSubject,
  neverStarted,
  nothingToAsk,
  type SubjectHandler,
  type SubjectType,
  wayBack,
} from './subject.js';

/** How long an SCA may take; banks end an unfinished one after a day at the latest. */
export const hoursToFinish = 24;

/** An authorisation in the words of the REST contract. */
export interface AuthorisationView extends PaymentDisclosureView {
  readonly id: string;
  /** `cancellation`: of the payment with this id. */
  readonly subject: { readonly type: SubjectType; readonly id: string };
  /** Who authorises, where that is not the subject's own PSU. */
  readonly psuId: string | null;
  readonly approach: ScaApproach;
  /** One of `ScaStatus`. */
  readonly scaStatus: string;
  readonly nextStep: NextStep | null;
}

export interface NewAuthorisation {
  readonly subjectType: SubjectType;
  readonly subjectId: string;
  readonly appId: string;
  readonly connectionId: string;
  readonly approach?: ScaApproach | undefined;
  /** Who authorises, where that is not the subject's own PSU. */
  readonly signer?: Psu | undefined;
  /** Earlier open ones of the subject and signer go on until {@link AuthorisationsService.replaceEarlier}. */
  readonly keepEarlier?: boolean | undefined;
}

/** An authorisation that was opened here, and where its PSU comes back to. */
export interface OpenedAuthorisation {
  readonly authorisationId: string;
  readonly callback: CallbackTarget;
}

/** Who authorises next, and how. */
export interface NewSca {
  /** Absent: the subject's own PSU, once more. */
  readonly psu?: Psu | undefined;
  readonly scaPreference?: ScaApproach | undefined;
}

/** An authorisation as its subject shows it. */
export interface SubjectAuthorisation {
  readonly id: string;
  readonly subjectType: SubjectType;
  readonly open: boolean;
  readonly nextStep: NextStep | null;
}

/**
 * The conversation in which a PSU authorises a consent, a payment, its cancellation or a basket. An upstream is asked first, its answer is written
 * with what follows from it, then the subject is brought up to date. Whatever is lost in between is found again by the
 * worker: `next_poll_at` stays set until the subject has followed.
 */
@Injectable()
export class AuthorisationsService {
  private readonly handlers = new Map<string, SubjectHandler>();

  constructor(
    private readonly database: DataSource,
    private readonly rows: AuthorisationRows,
    private readonly callbacks: Callbacks,
    private readonly upstreams: UpstreamsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Each type of subject registers itself, once. */
  register(handler: SubjectHandler): void {
    this.handlers.set(handler.type, handler);
  }

  /** A new authorisation of a subject. Earlier open ones of the same subject and signer end. */
  async open(
    manager: EntityManager,
    { subjectType, subjectId, appId, connectionId, approach = 'redirect', signer, keepEarlier }: NewAuthorisation,
  ): Promise<OpenedAuthorisation> {
    const id = newId('aut');
    const received: ScaStatus = 'received';
    await manager.query(
      `INSERT INTO authorisations
         (id, app_id, connection_id, subject_type, subject_id, psu_id, psu_corporate_id, approach, sca_status,
          upstream_status, open, polls, next_poll_at, expires_at, version, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', true, 0,
               now() + $10 * interval '1 hour', now() + $10 * interval '1 hour', 1, now(), now())`,
      [
        id,
        appId,
        connectionId,
        subjectType,
        subjectId,
        signer?.id ?? null,
        signer?.corporateId ?? null,
        approach,
        received,
        hoursToFinish,
      ],
    );
    if (!keepEarlier) await this.rows.closeEarlier(manager, id);
    const callback = await this.callbacks.add(manager, { id, appId, connectionId });
    return { authorisationId: id, callback };
  }

  /** The subject's signer has a new authorisation: earlier open ones end. */
  replaceEarlier(manager: EntityManager, authorisationId: string): Promise<void> {
    return this.rows.closeEarlier(manager, authorisationId);
  }

  /**
   * A further SCA of a subject that the upstream has: opened there first, so that a refused one changes nothing.
   * @returns its id
   * @throws Refusal, ProviderError
   */
  async openAt(
    wanted: NewAuthorisation,
    subject: AuthorisationSubject,
    approach: ScaApproach | undefined,
    context: CallContext,
  ): Promise<string> {
    const { manager } = this.database;
    const opened = await manager.transaction((inner) => this.open(inner, { ...wanted, keepEarlier: true }));
    try {
      await this.start(opened, subject, approach, context);
    } catch (error) {
      // Where the answer was lost the bank may have an SCA more, to which nobody holds a link.
      if (error instanceof ProviderError) await this.rows.remove(manager, opened.authorisationId);
      throw error;
    }
    await this.rows.closeEarlier(manager, opened.authorisationId);
    return opened.authorisationId;
  }

  /** Takes back an authorisation of which no upstream ever heard. */
  discard(manager: EntityManager, authorisationId: string): Promise<void> {
    return this.rows.remove(manager, authorisationId);
  }

  /**
   * Opens the SCA at the upstream and writes it down. Where that fails, an empty step to it, or the worker, tries again.
   * @throws Refusal `capability_unsupported`; ProviderError
   */
  async start(
    { authorisationId, callback }: OpenedAuthorisation,
    subject: AuthorisationSubject,
    approach: ScaApproach | undefined,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const row = await this.rows.find({ id: authorisationId });
    if (!row) throw notFound();
    const upstream = await this.upstream(row);
    const snapshot = await upstream.start(this.rows.signed(row, subject), { approach, callback }, context);
    failpoint('sca.started');
    await this.database.transaction((manager) => this.rows.write(manager, row, snapshot));
    return snapshot;
  }

  /** Another way back for an authorisation whose SCA starts (again) later than it was opened. */
  async renewCallback(authorisationId: string): Promise<CallbackTarget> {
    const row = await this.rows.find({ id: authorisationId });
    if (!row) throw notFound();
    return this.callbacks.add(this.database.manager, row);
  }

  /** Writes what the upstream said about an SCA. One that is over stays as it ended. */
  async record(manager: EntityManager, authorisationId: string, snapshot: AuthorisationSnapshot): Promise<void> {
    const row = await manager.getRepository(AuthorisationEntity).findOneByOrFail({ id: authorisationId });
    // Without tokens it is one statement, which needs no transaction of its own.
    if (snapshot.tokens) await manager.transaction((inner) => this.rows.write(inner, row, snapshot));
    else await this.rows.write(manager, row, snapshot);
  }

  /** Its SCA is about to be opened: if that has not happened by then, the worker opens it. */
  expectStart(manager: EntityManager, authorisationId: string, seconds: number): Promise<void> {
    return this.rows.expectStart(manager, authorisationId, seconds);
  }

  /** Ends the open authorisations of subjects that are over themselves. */
  close(manager: EntityManager, subjectIds: readonly string[]): Promise<void> {
    return this.rows.close(manager, subjectIds);
  }

  /** @throws Refusal `not_found` */
  async view(appId: string, id: string): Promise<AuthorisationView> {
    return this.viewOf(await this.owned(appId, id));
  }

  /** All authorisations of these subjects, oldest first. */
  async ofSubjects(ids: readonly string[]): Promise<ReadonlyMap<string, readonly SubjectAuthorisation[]>> {
    const found = new Map<string, SubjectAuthorisation[]>();
    for (const row of await this.rows.ofSubjects(ids)) {
      const { id, subjectId, subjectType, open } = row;
      const one = { id, subjectType, open, nextStep: this.rows.nextStep(row) };
      found.set(subjectId, [...(found.get(subjectId) ?? []), one]);
    }
    return found;
  }

  /** Whether anybody has something to do about the subject. */
  stepOpen(subjectType: SubjectType, subjectId: string): Promise<boolean> {
    return this.rows.stepOpen(subjectType, subjectId);
  }

  /**
   * Hands a PSU's answer to the upstream. A wrong password or code is no error: the step comes again, with `isRetry`.
   * @throws Refusal `not_found`, `step_not_open`, `invalid_request`, `conflict` (another answer is under way); ProviderError
   */
  async answer(appId: string, id: string, answer: StepAnswer, context: CallContext): Promise<AuthorisationView> {
    const row = await this.owned(appId, id);
    if (!row.open && answer.type === 'ask') return this.viewOf(row);
    if (!row.open) throw new Refusal('step_not_open', `This authorisation is over: ${row.scaStatus}.`);
    const held = this.rows.held(row);
    checkAnswer(held.nextStep, answer);
    const loaded = await this.load(row);
    // Its subject is on the way to the upstream, or nobody knows whether it came there: nobody could be asked about it.
    if (answer.type === 'ask' && nothingToAsk(row, loaded.subject)) return this.viewOf(row);
    const upstream = await this.upstream(row);
    if (!(await this.rows.claimAnswer(row))) {
      throw new Refusal('conflict', 'Another answer to this authorisation is under way. Read it again, then answer.');
    }
    const snapshot = await this.handOver(row, held, context, () =>
      answer.type === 'ask'
        ? this.standing(row, loaded, upstream, context)
        : upstream.answer(loaded.subject, held, answer, context),
    );
    failpoint('sca.answered');
    await this.database.transaction((manager) => this.rows.write(manager, row, snapshot));
    await this.follow(row, snapshot, 'poll', context);
    return this.view(appId, id);
  }

  /**
   * The PSU's browser is back. What it brings are hints: the upstream is asked. However that goes, the PSU is sent on to
   * the app with the status that is known then.
   * @throws CallbackRefused
   */
  async complete(
    provider: string,
    state: string,
    query: CallbackQuery,
    context: CallContext,
  ): Promise<{ redirectTo: string }> {
    const row = await this.rows.find({ id: await this.callbacks.use(provider, state) });
    failpoint('callback.used');
    if (!row) throw notFound();
    const handler = this.handler(row);
    const loaded = await this.load(row);
    if (row.open) await this.finish(row, loaded, query, context);
    else await this.askNewest(row, context);
    return { redirectTo: wayBack(row.subjectId, loaded, await handler.status(row.subjectId)) };
  }

  /**
   * A bank that keeps the return address of the first SCA sends the PSU of a later one back there. What came in the query
   * is about we know not which; the bank is asked about the newest that is open.
   */
  private async askNewest({ subjectType, subjectId }: Authorisation, context: CallContext): Promise<void> {
    const newest = await this.rows.newestOpen(subjectType, subjectId);
    if (newest !== null) await this.poll(newest, context);
  }

  /** Connections with something due; what the sweeper rings for. */
  dueConnections(): Promise<readonly string[]> {
    return this.rows.dueConnections();
  }

  /** Ids of authorisations that are due for {@link poll}, claimed for a minute. */
  claimDue(connectionId: string, limit: number): Promise<readonly string[]> {
    return this.rows.claimDue(connectionId, limit);
  }

  /** Asks the upstream about an SCA that runs without us, or brings the subject of one that is over up to date. */
  async poll(authorisationId: string, context: CallContext): Promise<void> {
    const row = await this.rows.find({ id: authorisationId });
    if (!row) return;
    const { lapsed, inHand } = await this.rows.times(row.id);
    // Whoever has the PSU's answer or return writes down what comes of it.
    if (row.open && inHand) return;
    if (!row.open) {
      await this.rows.postpone(row);
      await this.follow(row, this.rows.snapshot(row), 'poll', context);
      if (lapsed) await this.lapse(row);
      return;
    }
    await this.ask(row, lapsed, context);
    if (lapsed) await this.lapse(row);
  }

  private async ask(row: Authorisation, lapsed: boolean, context: CallContext): Promise<void> {
    const loaded = await this.load(row);
    // Its time is over: what nobody began is not begun now.
    if (lapsed && neverStarted(row, loaded.subject)) return;
    if (nothingToAsk(row, loaded.subject)) {
      // The upstream knows nothing of it yet: what came before may be over, and the subject can go on by itself.
      await this.rows.postpone(row);
      await this.follow(row, this.rows.snapshot(row), 'poll', context);
      return;
    }
    let snapshot: AuthorisationSnapshot;
    try {
      snapshot = await this.standing(row, loaded, await this.upstream(row), context);
    } catch (error) {
      await this.rows.postpone(row);
      await this.refused(row, error, 'poll', context);
      return;
    }
    const guard = { version: row.version, polls: row.polls + 1 };
    const written = await this.database.transaction((manager) => this.rows.write(manager, row, snapshot, guard));
    if (written) await this.follow(row, snapshot, 'poll', context);
    else await this.rows.postpone(row);
  }

  /**
   * How the SCA stands. One that was never opened, since whoever was to open it failed or died, is opened now; one that
   * went on while the word about it was lost is opened anew, and its PSU begins again.
   */
  private async standing(
    row: Authorisation,
    { subject, scaPreference }: LoadedSubject,
    upstream: AuthorisationPort,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const anew = !neverStarted(row, subject);
    if (anew) {
      const held = { ...this.rows.held(row), interrupted: row.answeringUntil !== null };
      const snapshot = await upstream.status(subject, held, context);
      if (snapshot.stepLost !== true) return snapshot;
      const facts = { event: 'authorisation.begun-anew', authorisationId: row.id, connectionId: row.connectionId };
      this.logger.info({ ...facts, upstreamStatus: snapshot.upstreamStatus }, 'a step was lost: its SCA begins anew');
    }
    const callback = await this.callbacks.add(this.database.manager, row);
    return upstream.start(subject, { approach: anew ? row.approach : scaPreference, callback, anew }, context);
  }

  private async lapse(row: Authorisation): Promise<void> {
    const now = await this.rows.find({ id: row.id });
    if (!now || now.nextPollAt === null) return;
    if (await this.rows.othersOpen(row)) {
      await this.rows.closeOne(this.database.manager, row.id);
      return;
    }
    // The subject first: should we die in between, the authorisation is still due and comes here again.
    await this.handler(row).lapsed?.(row.subjectId);
    await this.rows.closeOne(this.database.manager, row.id);
  }

  /** Gives the answer over while it is reserved; a wrong password or code is the same step again. */
  private async handOver(
    row: Authorisation,
    held: HeldAuthorisation,
    context: CallContext,
    call: () => Promise<AuthorisationSnapshot>,
  ): Promise<AuthorisationSnapshot> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'psu-credentials') {
        return error.facts.authorisation ?? { ...this.rows.snapshot(row), nextStep: again(held.nextStep) };
      }
      await this.rows.releaseAnswer(row.id);
      if (error instanceof ProviderError) await this.handler(row).refused?.(row.subjectId, error, 'poll', context);
      throw error;
    }
  }

  private async finish(
    row: Authorisation,
    { subject }: LoadedSubject,
    query: CallbackQuery,
    context: CallContext,
  ): Promise<void> {
    try {
      const upstream = await this.upstream(row);
      const snapshot = await upstream.complete(subject, this.rows.held(row), query, context);
      failpoint('callback.completed');
      await this.database.transaction((manager) => this.rows.write(manager, row, snapshot));
      await this.follow(row, snapshot, 'callback', context);
    } catch (error) {
      // The PSU cannot do anything about it; the app learns it from the status, the worker asks again.
      await this.rows.returnFailed(row.id, error instanceof ProviderError);
      await this.refused(row, error, 'callback', context);
    }
  }

  /** Brings the subject up to date. A failure here is made good by the worker. */
  private async follow(
    row: Authorisation,
    snapshot: AuthorisationSnapshot,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void> {
    try {
      const verdict = await this.handler(row).moved(row.subjectId, snapshot, source, context);
      if (verdict !== 'ask-again') await this.rows.settle(row.id);
    } catch (error) {
      await this.refused(row, error, source, context);
    }
  }

  private async refused(
    row: Authorisation,
    error: unknown,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void> {
    const facts = { event: 'authorisation.upstream', authorisationId: row.id, connectionId: row.connectionId };
    if (!(error instanceof ProviderError)) {
      this.logger.error({ ...facts, err: error }, 'bringing an authorisation up to date failed');
      return;
    }
    const { kind, facts: said } = error;
    this.logger.info({ ...facts, kind, upstreamCode: said.upstream?.code }, said.message);
    await this.handler(row).refused?.(row.subjectId, error, source, context);
  }

  private async owned(appId: string, id: string): Promise<Authorisation> {
    const row = await this.rows.find({ appId, id });
    if (!row) throw notFound();
    return row;
  }

  private viewOf(row: Authorisation): AuthorisationView {
    const { id, subjectType, subjectId, psuId, approach, scaStatus } = row;
    return {
      ...viewPaymentDisclosure(row.disclosure),
      id,
      subject: { type: subjectType, id: subjectId },
      psuId,
      approach,
      scaStatus,
      nextStep: this.rows.nextStep(row),
    };
  }

  private async load(row: Authorisation): Promise<LoadedSubject> {
    const loaded = await this.handler(row).load(row.subjectId);
    return { ...loaded, subject: this.rows.signed(row, loaded.subject) };
  }

  private handler({ subjectType }: Authorisation): SubjectHandler {
    const handler = this.handlers.get(subjectType);
    if (!handler) throw new Error(`nobody registered for authorisations of a ${subjectType}`);
    return handler;
  }

  private async upstream({ connectionId }: Authorisation): Promise<AuthorisationPort> {
    const { authorisation } = await this.upstreams.provider(connectionId);
    if (!authorisation) throw new Refusal('capability_unsupported', 'This route has no authorisation to answer.');
    return authorisation;
  }
}
