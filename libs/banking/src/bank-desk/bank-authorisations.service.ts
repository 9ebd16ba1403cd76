import { Inject, Injectable } from '@nestjs/common';
import {
  type BankAccount,
  type BankAuthorisation,
  BankAuthorisationEntity,
  type BankToken,
  BankTokenEntity,
  withTenant,
} from '@tributary/persistence';
import { newId, sha256Hex, Vault, type VaultPlace } from '@tributary/platform';
import { type CallContext, type IssuedToken, ProviderError } from '@tributary/providers';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { addEvent } from '../events/outbox.js';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.js';
import { BankPerformance } from './bank-performance.js';
import { addReport } from './bank-reports.js';
import { BankSessions } from './bank-sessions.js';
import { tokenPlace } from './bank-tokens.js';
import { type Desk, Desks } from './desks.js';
import { deskAccount, HeldAccounts } from './held-accounts.js';

/** How long nobody else decides after a process that was about to has died. */
const claimSeconds = 15;
const renewMs = (claimSeconds * 1_000) / 3;

/** Where a decision leads the browser. */
export interface Decision {
  readonly authorisation: BankAuthorisation;
  readonly redirectTo: string;
}

/** TPPs ask for access to the accounts of the bank's customers: all of what they ask for, or nothing. */
@Injectable()
export class BankAuthorisationsService {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly desks: Desks,
    private readonly accounts: HeldAccounts,
    private readonly sessions: BankSessions,
    private readonly performance: BankPerformance,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * A browser arrives. The hub says who sent it; until it did, nothing in the URL is believed. A browser that comes again by the same
   * URL finds what still waits for its decision. Once the first of a URL is over, every arrival by it is asked about anew, and makes an
   * authorisation of its own where the hub lets it.
   * @param requestUrl the full URL, byte for byte
   * @param browser the secret of the browser
   * @returns the secret part of the link to the consent page
   * @throws ProviderError
   */
  async arrive(desk: Desk, requestUrl: string, browser: string, context: CallContext): Promise<string> {
    const { appId, connectionId, provider } = desk;
    const link = this.sessions.linkOf(desk, requestUrl, browser);
    if ((await withTenant(appId, () => this.linked(this.database.manager, link))) === 'waits') return link;
    const described = await desk.bank.describeAuthorisation(requestUrl, context);
    const now = this.clock.now();
    const id = newId('bau');
    const expiresAt = new Date(now.getTime() + desk.bank.authorisationMinutes * 60_000);
    const authorisation: BankAuthorisation = {
      id,
      appId,
      connectionId,
      provider,
      status: 'requested',
      tppName: described.tpp.name,
      tppRegistration: described.tpp.registration,
      scopes: [...described.scopes],
      permissions: [...described.permissions],
      unknownScopes: [...described.unknownScopes],
      requestUrlEnvelope: this.vault.seal(requestUrl, place(appId, id, 'request_url_envelope')),
      cancelUrlEnvelope: this.vault.seal(described.cancelUrl, place(appId, id, 'cancel_url_envelope')),
      callbackUrlEnvelope: null,
      psuId: null,
      accountReferences: null,
      tokenId: null,
      decidedBy: null,
      decidingUntil: null,
      decidedAt: null,
      expiresAt,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    return withTenant(appId, () =>
      this.database.transaction(async (manager) => {
        // Two arrivals at once: there is no row yet that the second could wait for.
        await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [link]);
        const before = await this.linked(manager, link);
        if (before === 'waits') return link;
        await manager.getRepository(BankAuthorisationEntity).insert(authorisation);
        await announce(manager, authorisation, 'bank.authorisation.requested');
        const subject = { subjectType: 'authorisation', subjectId: id } as const;
        const session = { appId, connectionId, ...subject, expiresAt };
        // What is over keeps its link; the hub says whether the same URL is good for another time.
        return this.sessions.open(manager, session, before === 'over' ? undefined : link);
      }),
    );
  }

  private async linked(manager: EntityManager, link: string): Promise<'waits' | 'over' | 'unknown'> {
    const session = await this.sessions.peek(manager, link);
    if (!session) return 'unknown';
    const { status, expiresAt } = await manager
      .getRepository(BankAuthorisationEntity)
      .findOneByOrFail({ id: session.subjectId });
    return status === 'requested' && expiresAt > this.clock.now() ? 'waits' : 'over';
  }

  /** Oldest first; key of a row: its id. */
  list(appId: string, status: string | undefined, { limit, after }: PageRequest): Promise<BankAuthorisation[]> {
    const query = this.database
      .getRepository(BankAuthorisationEntity)
      .createQueryBuilder('authorisation')
      .where('authorisation.appId = :appId', { appId })
      .orderBy('authorisation.id')
      .limit(limit + 1);
    if (after !== null) query.andWhere('authorisation.id > :after', { after });
    if (status !== undefined) query.andWhere('authorisation.status = :status', { status });
    return query.getMany();
  }

  /** @throws Refusal `not_found` */
  async get(appId: string, id: string): Promise<BankAuthorisation> {
    const found = await this.database.getRepository(BankAuthorisationEntity).findOneBy({ appId, id });
    if (found) return found;
    throw notFound();
  }

  /**
   * Grants all that is asked for, over these accounts of one customer; tells the hub and keeps the token that it issues.
   * @throws Refusal `not_found`, `conflict`, `invalid_request`; ProviderError: where the hub refused, it has failed and the TPP has to
   * begin again; otherwise it is still undecided, and the same can be tried once more
   */
  async approve(
    appId: string,
    id: string,
    wish: { readonly psuId: string; readonly accountReferences: readonly string[]; readonly by: 'psu' | 'app' },
    context: CallContext,
  ): Promise<Decision> {
    const { provider, connectionId } = await this.get(appId, id);
    const accounts = await this.chosen(appId, wish);
    const { bank } = await this.desks.find(provider, connectionId);
    let authorisation = await this.claim(appId, id);
    const renewal = this.renew(authorisation);
    try {
      if (authorisation.unknownScopes.length > 0) {
        throw new Refusal('conflict', 'It asks for something that this bank does not know: it can only be rejected.');
      }
      const requestUrl = this.vault.unseal(authorisation.requestUrlEnvelope, place(appId, id, 'request_url_envelope'));
      const grant = { id, requestUrl, scopes: authorisation.scopes, accounts: accounts.map(deskAccount) };
      const issued = await bank.grant(grant, context);
      authorisation = await renewal.end();
      return await this.keep(authorisation, wish, issued, bank.oneTime(authorisation.permissions));
    } catch (error) {
      authorisation = await renewal.end();
      if (isRefused(error)) await this.fail(authorisation);
      else await this.release(authorisation);
      throw error;
    }
  }

  /** Nothing is granted; the hub learns it from the browser. @throws Refusal `not_found`, `conflict` */
  async reject(appId: string, id: string, by: 'psu' | 'app'): Promise<Decision> {
    const authorisation = await this.claim(appId, id);
    const rejected = await this.database.transaction(async (manager) => {
      const changed = { status: 'rejected', decidedBy: by, decidedAt: this.clock.now() } as const;
      return this.decide(manager, authorisation, changed);
    });
    if (!rejected) throw decidedAlready();
    return { authorisation: rejected, redirectTo: this.exitOf(rejected) };
  }

  /** Where a browser goes that comes back after the decision. */
  exitOf(authorisation: BankAuthorisation): string {
    const { appId, id, cancelUrlEnvelope, callbackUrlEnvelope } = authorisation;
    return callbackUrlEnvelope === null
      ? this.vault.unseal(cancelUrlEnvelope, place(appId, id, 'cancel_url_envelope'))
      : this.vault.unseal(callbackUrlEnvelope, place(appId, id, 'callback_url_envelope'));
  }

  /** Ends what nobody decided in time. @returns how many */
  async expireDue(limit: number): Promise<number> {
    return this.database.transaction(async (manager) => {
      const due = await manager
        .getRepository(BankAuthorisationEntity)
        .createQueryBuilder('authorisation')
        .where(`authorisation.status = 'requested' AND authorisation.expiresAt <= now()`)
        .andWhere('(authorisation.decidingUntil IS NULL OR authorisation.decidingUntil <= now())')
        .limit(limit)
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .getMany();
      for (const authorisation of due) await this.decide(manager, authorisation, { status: 'expired' });
      return due.length;
    });
  }

  /** The accounts that are granted: at least one, all of this customer. */
  private async chosen(
    appId: string,
    { psuId, accountReferences }: { psuId: string; accountReferences: readonly string[] },
  ): Promise<readonly BankAccount[]> {
    const accounts = await this.accounts.among(this.database.manager, appId, accountReferences);
    const theirs = accounts.filter((account) => account.psuId === psuId);
    if (theirs.length > 0 && theirs.length === new Set(accountReferences).size) return theirs;
    throw new Refusal('invalid_request', 'Name at least one account, and only accounts of this PSU.', {
      errors: [{ pointer: '/accountReferences', code: 'invalid', message: 'must be references of accounts of psuId' }],
    });
  }

  /**
   * Takes the decision for this process: of two at once one goes on, the other is refused. The end of the claim is also what it
   * is known by, so it is as precise as a Date: a claim that was taken over has another one.
   */
  private async claim(appId: string, id: string): Promise<BankAuthorisation> {
    const [rows] = await this.database.query<[{ decidingUntil: Date }[], number]>(
      `UPDATE bank_authorisations
       SET deciding_until = ${claimEnd('$3')}
       WHERE app_id = $1 AND id = $2 AND status = 'requested' AND expires_at > now()
         AND (deciding_until IS NULL OR deciding_until <= now())
       RETURNING deciding_until AS "decidingUntil"`,
      [appId, id, claimSeconds],
    );
    const authorisation = await this.get(appId, id);
    const [claim] = rows;
    if (!claim) throw decidedAlready();
    return { ...authorisation, ...claim };
  }

  /**
   * Keeps a claim while the hub is asked, which may take long: a claim that is not renewed is soon anybody's.
   * @returns `end` gives the authorisation as it is claimed in the end; where somebody took it over, as it was before
   */
  private renew(claimed: BankAuthorisation): { end(): Promise<BankAuthorisation> } {
    let current = claimed;
    let round = Promise.resolve();
    const once = async (): Promise<void> => {
      const [rows] = await this.database.query<[{ decidingUntil: Date }[], number]>(
        `UPDATE bank_authorisations SET deciding_until = ${claimEnd('$3')}
         WHERE id = $1 AND status = 'requested' AND deciding_until = $2 RETURNING deciding_until AS "decidingUntil"`,
        [current.id, current.decidingUntil, claimSeconds],
      );
      current = { ...current, ...rows[0] };
    };
    const timer = setInterval(() => {
      round = round.then(once).catch((error: unknown) => {
        this.logger.warn({ event: 'bank.claim-not-renewed', err: error }, 'a decision may be taken over');
      });
    }, renewMs);
    return {
      end: async () => {
        clearInterval(timer);
        await round;
        return current;
      },
    };
  }

  /** The hub will never take it: nothing is granted here either. */
  private async fail(authorisation: BankAuthorisation): Promise<void> {
    await this.database.transaction((manager) => this.decide(manager, authorisation, { status: 'failed' }));
  }

  private async release(authorisation: BankAuthorisation): Promise<void> {
    await this.database.getRepository(BankAuthorisationEntity).update(held(authorisation), { decidingUntil: null });
  }

  private async keep(
    authorisation: BankAuthorisation,
    { psuId, accountReferences, by }: { psuId: string; accountReferences: readonly string[]; by: 'psu' | 'app' },
    issued: IssuedToken,
    oneTime: boolean,
  ): Promise<Decision> {
    const { id, appId, connectionId, permissions, tppName } = authorisation;
    const now = this.clock.now();
    const tokenId = newId('btk');
    const token: BankToken = {
      id: tokenId,
      appId,
      connectionId,
      authorisationId: id,
      tokenHash: sha256Hex(issued.token),
      tokenEnvelope: this.vault.seal(issued.token, tokenPlace({ id: tokenId, appId })),
      permissions,
      psuId,
      accountReferences: [...new Set(accountReferences)],
      tppName,
      oneTime,
      validUntil: issued.validUntil,
      spentAt: null,
      revokedAt: null,
      createdAt: now,
    };
    const approved = await this.database.transaction(async (manager) => {
      const decided = await this.decide(manager, authorisation, {
        status: 'approved',
        decidedBy: by,
        decidedAt: now,
        psuId,
        accountReferences: token.accountReferences,
        tokenId,
        callbackUrlEnvelope: this.vault.seal(issued.callbackUrl, place(appId, id, 'callback_url_envelope')),
      });
      if (!decided) return null;
      await manager.getRepository(BankTokenEntity).insert(token);
      await this.performance.decided(manager, 'consent', authorisation);
      return decided;
    });
    if (approved) return { authorisation: approved, redirectTo: issued.callbackUrl };
    await this.disown(token);
    throw decidedAlready();
  }

  /**
   * A token that the hub issued after somebody had decided otherwise: it never counts here, and the hub is told to end it. Not where
   * it is the token of that other decision, nor while there is none: the same grant may yet get the same token.
   */
  private async disown(token: BankToken): Promise<void> {
    await this.database.transaction(async (manager) => {
      const { status } = await manager
        .getRepository(BankAuthorisationEntity)
        .findOneOrFail({ where: { id: token.authorisationId }, lock: { mode: 'pessimistic_write' } });
      const tokens = manager.getRepository(BankTokenEntity);
      const { connectionId, tokenHash } = token;
      if (status === 'requested' || (await tokens.existsBy({ connectionId, tokenHash }))) return;
      await tokens.insert({ ...token, revokedAt: token.createdAt });
      await addReport(manager, { ...token, kind: 'tokenRevocation', subject: token.id, payload: {} });
    });
  }

  /** Writes a decision, unless the claim of whoever decides was taken over. @returns null: it was, and nothing is written */
  private async decide(
    manager: EntityManager,
    authorisation: BankAuthorisation,
    change: Partial<BankAuthorisation> & Pick<BankAuthorisation, 'status'>,
  ): Promise<BankAuthorisation | null> {
    const written = { ...change, version: authorisation.version + 1, decidingUntil: null, updatedAt: this.clock.now() };
    const { affected } = await manager.getRepository(BankAuthorisationEntity).update(held(authorisation), written);
    if (affected !== 1) return null;
    const decided = { ...authorisation, ...written };
    await announce(manager, decided, 'bank.authorisation.statusChanged');
    return decided;
  }
}

/** As precise as a Date, since a claim is known by it. */
const claimEnd = (seconds: string): string =>
  `date_trunc('milliseconds', clock_timestamp() + ${seconds} * interval '1 second')`;

/** The row of an authorisation as long as it waits for this decision, and for no other. */
function held({ id, decidingUntil }: BankAuthorisation) {
  return { id, status: 'requested', decidingUntil: decidingUntil ?? IsNull() } as const;
}

function decidedAlready(): Refusal {
  return new Refusal('conflict', 'The authorisation is decided already, or its time is over.');
}

/** Said no, which will not change; our own credentials do. */
function isRefused(error: unknown): boolean {
  return error instanceof ProviderError && (error.kind === 'rejected' || error.kind === 'not-found');
}

async function announce(manager: EntityManager, authorisation: BankAuthorisation, type: string): Promise<void> {
  const { id, appId, version, status, tppName, tppRegistration, permissions, psuId, expiresAt } = authorisation;
  await addEvent(manager, {
    appId,
    type,
    subjectId: id,
    sequence: version,
    data: {
      authorisationId: id,
      status,
      tpp: { name: tppName, registration: tppRegistration },
      permissions,
      psuId,
      expiresAt: expiresAt.toISOString(),
    },
  });
}

const place = (appId: string, row: string, column: string): VaultPlace => ({
  appId,
  table: 'bank_authorisations',
  row,
  column,
});
