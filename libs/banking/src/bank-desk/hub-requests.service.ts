import { Inject, Injectable } from '@nestjs/common';
import { BankRequestEntity, withTenant } from '@tributary/persistence';
import { sha256Hex, Vault, type VaultPlace } from '@tributary/platform';
import { BankRefusal, type InboundCall, type InboundRequest, type InboundResponse } from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';
import { ServedRequests } from '../performance/served-requests.js';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.js';
import { type Desk, Desks } from './desks.js';
import { HubQuestions } from './hub-questions.js';

/**
 * What hubs send. First the sender is proven, over the bytes as they came; nothing changes before that. A request that makes
 * something is remembered with its answer, in the transaction that makes it: repeated, it is answered as before.
 */
@Injectable()
export class HubRequestsService {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly desks: Desks,
    private readonly questions: HubQuestions,
    private readonly served: ServedRequests,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The answer, in the hub's words whatever happens. @throws Refusal `not_found` where nobody is asked */
  async answer(provider: string, connectionId: string, request: InboundRequest): Promise<InboundResponse> {
    const desk = await this.desks.find(provider, connectionId);
    let call: InboundCall;
    try {
      call = desk.bank.verify(request);
    } catch (error) {
      return this.refuse(desk, request, error);
    }
    // What strangers send counts for nothing.
    const [at, startedAt] = [this.clock.now(), performance.now()];
    const response = await this.proven(desk, call).catch((error: unknown) => this.refuse(desk, request, error));
    const durationMs = performance.now() - startedAt;
    this.served.record({ connectionId, at, durationMs, ok: response.httpStatus < 500 });
    return response;
  }

  /** From here on it is this bank's rows that are seen, and nobody else's. */
  private proven(desk: Desk, call: InboundCall): Promise<InboundResponse> {
    return withTenant(desk.appId, () =>
      call.changesState ? this.once(desk, call) : this.serve(this.database.manager, desk, call),
    );
  }

  private refuse({ bank, connectionId }: Desk, request: InboundRequest, error: unknown): InboundResponse {
    if (error instanceof BankRefusal) return bank.refuse(request, error);
    this.logger.error({ event: 'bank.request-failed', err: error, connectionId }, 'a hub was answered with our fault');
    return bank.refuse(request, new BankRefusal('internal', 'Internal error'));
  }

  private async serve(manager: EntityManager, desk: Desk, call: InboundCall): Promise<InboundResponse> {
    const question = desk.bank.decode(call);
    return desk.bank.encode(call, await this.questions.answer(manager, desk, call.token, question));
  }

  private once(desk: Desk, call: InboundCall): Promise<InboundResponse> {
    const fingerprint = sha256Hex(JSON.stringify([call.action, call.token, sha256Hex(call.request.rawBody)]));
    return this.database.transaction(async (manager) => {
      const earlier = await this.claim(manager, desk, call, fingerprint);
      if (earlier) return earlier;
      const response = await this.attempt(manager, desk, call);
      const { connectionId } = desk;
      await manager.getRepository(BankRequestEntity).update(
        { connectionId, requestId: call.requestId },
        {
          httpStatus: response.httpStatus,
          answerEnvelope: this.vault.sealJson(response.body, place(desk, call.requestId)),
        },
      );
      return response;
    });
  }

  /** null: it is new, and ours to answer. Of two equal ones at once the second waits for the end of the first. */
  private async claim(
    manager: EntityManager,
    desk: Desk,
    { requestId }: InboundCall,
    fingerprint: string,
  ): Promise<InboundResponse | null> {
    const { connectionId, appId, bank } = desk;
    await manager.query(
      'DELETE FROM bank_requests WHERE connection_id = $1 AND request_id = $2 AND expires_at <= now()',
      [connectionId, requestId],
    );
    const made = await manager.query<unknown[]>(
      `INSERT INTO bank_requests (connection_id, request_id, app_id, fingerprint, created_at, expires_at)
       VALUES ($1, $2, $3, $4, now(), now() + $5 * interval '1 hour')
       ON CONFLICT (connection_id, request_id) DO NOTHING RETURNING request_id`,
      [connectionId, requestId, appId, fingerprint, bank.requestIdHours],
    );
    if (made.length > 0) return null;
    const held = await manager.getRepository(BankRequestEntity).findOneByOrFail({ connectionId, requestId });
    if (held.fingerprint !== fingerprint || held.httpStatus === null || held.answerEnvelope === null) {
      throw new BankRefusal('headers', 'The request id was used for another request');
    }
    const body = this.vault.unsealJson<unknown>(held.answerEnvelope, place(desk, requestId));
    return { httpStatus: held.httpStatus, body };
  }

  /** A refusal undoes what was begun, and is remembered like any answer. */
  private async attempt(manager: EntityManager, desk: Desk, call: InboundCall): Promise<InboundResponse> {
    try {
      return await manager.transaction((inner) => this.serve(inner, desk, call));
    } catch (error) {
      if (error instanceof BankRefusal) return desk.bank.refuse(call.request, error);
      throw error;
    }
  }
}

const place = ({ appId, connectionId }: Desk, requestId: string): VaultPlace => ({
  appId,
  table: 'bank_requests',
  row: JSON.stringify([connectionId, requestId]),
  column: 'answer_envelope',
});
