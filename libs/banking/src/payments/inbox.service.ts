import { Inject, Injectable } from '@nestjs/common';
import {
  ConnectionEntity,
  type InboxMessage,
  InboxMessageEntity,
  type Payment,
  PaymentEntity,
} from '@tributary/persistence';
import { failpoint, Vault, type VaultPlace } from '@tributary/platform';
import {
  type CallContext,
  type IncomingWebhook,
  ProviderError,
  type WebhookNotice,
  type WebhookReceiver,
} from '@tributary/providers';
import { DataSource, IsNull } from 'typeorm';
import { InstitutionRoutes } from '../institutions/institution-routes.js';
import { notFound } from '../refusal.js';
import { LOGGER, type Logger } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { initiationOf } from './initiation-of.js';
import { type Learnt, PaymentInquiry } from './payment-inquiry.js';
import { PaymentRecorder } from './payment-recorder.js';

/**
 * How long a message about a payment that we do not know waits for it: our own commit can be late, and where an order whose
 * answer was lost is looked up only after a quiet time, so much longer. It is tried every five seconds, later more rarely.
 */
const patience = { seconds: 300, secondsBetween: 5, shareOfAge: 0.1 };

/** For so many days an applied message is told from its repetition; later, the reducer does that alone. */
export const appliedKeptDays = 90;

/**
 * Upstreams' webhooks: proven over the raw bytes, stored once per event key, answered, and only then applied. A message
 * for an unknown payment is kept, not refused: it may have overtaken the answer to our own request.
 */
@Injectable()
export class InboxService {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly upstreams: UpstreamsService,
    private readonly inquiry: PaymentInquiry,
    private readonly recorder: PaymentRecorder,
    private readonly routes: InstitutionRoutes,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Proves the sender against each connection of the provider and stores what the message says. Connections to one hub
   * have one key: the proof tells the sender, not which of them is meant, so each that it fits gets a copy, and the one
   * whose subject it is applies it.
   * A connection that cannot be opened is reported, and keeps nobody else's message from being taken.
   * @returns the connections that it may belong to
   * @throws ProviderError `unauthorised` where no connection's key fits; Refusal `not_found` without such a receiver; where none
   * fits and one could not be opened, what went wrong with that one: the sender then repeats it
   */
  async accept(provider: string, webhook: IncomingWebhook): Promise<readonly string[]> {
    const connections = await this.database
      .getRepository(ConnectionEntity)
      .find({ where: { provider, deletedAt: IsNull() }, select: { id: true } });
    const proven: string[] = [];
    let refused: unknown = notFound();
    let unopened: unknown;
    let fault: unknown;
    for (const { id } of connections) {
      let webhooks: WebhookReceiver | undefined;
      try {
        ({ webhooks } = await this.upstreams.provider(id));
      } catch (error) {
        unopened = error;
        this.logger.error({ event: 'inbox.unopened', connectionId: id, err: error }, 'a connection cannot be opened');
        continue;
      }
      if (!webhooks) continue;
      try {
        const error = proves(webhooks, webhook);
        if (error === null) {
          await this.store(id, webhooks.decode(webhook));
          proven.push(id);
        } else refused = error;
      } catch (error) {
        fault = error;
      }
    }
    // The sender repeats what is not acknowledged; who has it already does not get it twice.
    if (fault !== undefined) throw fault;
    if (proven.length === 0) throw unopened ?? refused;
    failpoint('webhook.stored');
    return proven;
  }

  /** Applies due messages of one connection; what cannot be applied yet stays for later. */
  async applyDue(connectionId: string, limit: number, context: CallContext): Promise<number> {
    const [rows] = await this.database.query<[{ event_key: string }[], number]>(
      `WITH due AS MATERIALIZED (
         SELECT connection_id, event_key FROM inbox
         WHERE connection_id = $1 AND applied_at IS NULL AND next_attempt_at <= now()
         ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       UPDATE inbox AS message
       SET attempts = attempts + 1,
           next_attempt_at = now() + greatest($3 * interval '1 second', (now() - message.received_at) * $4::float8)
       FROM due
       WHERE message.connection_id = due.connection_id AND message.event_key = due.event_key
       RETURNING message.event_key`,
      [connectionId, limit, patience.secondsBetween, patience.shareOfAge],
    );
    for (const row of rows) {
      try {
        await this.apply(connectionId, row.event_key, context);
      } catch (error) {
        // It is due again; the others do not wait for it.
        this.logger.error({ event: 'inbox.fault', connectionId, err: error }, 'a webhook could not be applied');
      }
    }
    return rows.length;
  }

  /** Deletes messages that were applied long ago. @returns how many; as many as the limit: there may be more */
  async forgetOld(limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `WITH old AS MATERIALIZED (
         SELECT connection_id, event_key FROM inbox WHERE applied_at < now() - $1 * interval '1 day'
         ORDER BY applied_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       DELETE FROM inbox AS message USING old
       WHERE message.connection_id = old.connection_id AND message.event_key = old.event_key`,
      [appliedKeptDays, limit],
    );
    return count;
  }

  /** Connections with messages that are due. */
  async dueConnections(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT DISTINCT connection_id AS id FROM inbox WHERE applied_at IS NULL AND next_attempt_at <= now()`,
    );
    return rows.map((row) => row.id);
  }

  private async store(connectionId: string, notices: readonly WebhookNotice[]): Promise<void> {
    for (const notice of notices) {
      await this.database.query(
        `INSERT INTO inbox (connection_id, event_key, subject_type, subject_reference, notice_envelope, received_at,
                            attempts, next_attempt_at)
         VALUES ($1, $2, $3, $4, $5, now(), 0, now()) ON CONFLICT (connection_id, event_key) DO NOTHING`,
        [
          connectionId,
          notice.eventKey,
          notice.subject.type,
          notice.subject.reference,
          this.vault.sealJson(portable(notice), place(connectionId, notice.eventKey)),
        ],
      );
    }
  }

  private async apply(connectionId: string, eventKey: string, context: CallContext): Promise<void> {
    const messages = this.database.getRepository(InboxMessageEntity);
    const message = await messages.findOneByOrFail({ connectionId, eventKey });
    if (message.subjectType === 'institution') {
      await this.routes.refresh(connectionId, context);
      await this.applied(connectionId, eventKey);
      return;
    }
    const payment = await this.database
      .getRepository(PaymentEntity)
      .findOneBy({ connectionId, reference: message.subjectReference });
    if (!payment) {
      if (!(await this.isOfAnother(message))) {
        if (!(await this.hasWaited(message))) return;
        this.logger.error({ event: 'inbox.unmatched', connectionId }, 'a webhook names a payment that is not ours');
      }
    } else {
      const stored = this.vault.unsealJson<PortableNotice>(message.noticeEnvelope, place(connectionId, eventKey));
      const snapshot = restored(stored);
      const learnt = snapshot ? this.inquiry.heard(payment, snapshot, 'webhook') : await this.ask(payment, context);
      if (learnt === null) return;
      await this.recorder.record(payment.id, learnt);
      failpoint('webhook.applied');
    }
    await this.applied(connectionId, eventKey);
  }

  /** Whether a message came long enough ago for its payment to be known by now, if it is ours. */
  private async hasWaited({ connectionId, eventKey }: InboxMessage): Promise<boolean> {
    const { payments, bulkPayments } = await this.upstreams.provider(connectionId);
    const quietSeconds = [payments, bulkPayments].map((initiation) =>
      initiation?.recovery.by === 'look-up-by-reference' ? initiation.recovery.quietSeconds : 0,
    );
    const [row] = await this.database.query<{ waited: boolean }[]>(
      `SELECT received_at < now() - $3 * interval '1 second' AS waited FROM inbox
       WHERE connection_id = $1 AND event_key = $2`,
      [connectionId, eventKey, patience.seconds + Math.max(...quietSeconds)],
    );
    return row?.waited === true;
  }

  /** Whether the same message came for another connection too, and the payment is that one's. */
  private async isOfAnother({ connectionId, eventKey, subjectReference }: InboxMessage): Promise<boolean> {
    const [row] = await this.database.query<{ of_another: boolean }[]>(
      `SELECT EXISTS (
         SELECT FROM inbox AS copy
         JOIN connections AS theirs ON theirs.id = copy.connection_id
         JOIN connections AS ours ON ours.id = $1 AND ours.provider = theirs.provider
         JOIN payments ON payments.connection_id = copy.connection_id AND payments.reference = $3
         WHERE copy.event_key = $2 AND copy.connection_id <> $1) AS of_another`,
      [connectionId, eventKey, subjectReference],
    );
    return row?.of_another === true;
  }

  private async applied(connectionId: string, eventKey: string): Promise<void> {
    await this.database.query('UPDATE inbox SET applied_at = now() WHERE connection_id = $1 AND event_key = $2', [
      connectionId,
      eventKey,
    ]);
  }

  /** The upstream only hinted: it is asked. Null where it cannot be just now. */
  private async ask(payment: Payment, context: CallContext): Promise<Learnt | null> {
    const initiation = initiationOf(await this.upstreams.provider(payment.connectionId), payment.kind);
    if (!initiation) return null;
    try {
      return await this.inquiry.ask(payment, initiation, 'webhook', context);
    } catch (error) {
      if (error instanceof ProviderError) return null;
      throw error;
    }
  }
}

function proves(receiver: WebhookReceiver, webhook: IncomingWebhook): ProviderError | null {
  try {
    receiver.verify(webhook);
    return null;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}

const place = (connectionId: string, eventKey: string): VaultPlace => ({
  appId: '-',
  table: 'inbox',
  row: `${connectionId}|${eventKey}`,
  column: 'notice_envelope',
});

type Snapshot = NonNullable<WebhookNotice['snapshot']>;
const amounts = ['amount', 'fees', 'conversionFees', 'estimatedTotal', 'estimatedSettlement'] as const;
type Amount = (typeof amounts)[number];

/** JSON has neither bigint nor Date. */
type PortableNotice = Omit<WebhookNotice, 'snapshot'> & {
  readonly snapshot?: Omit<Snapshot, 'observedAt' | 'authorisation' | Amount> & {
    readonly observedAt: string;
    readonly amounts: { readonly [Name in Amount]?: { readonly minor: string; readonly currency: string } };
  };
};

function portable({ snapshot, ...notice }: WebhookNotice): PortableNotice {
  if (!snapshot) return notice;
  const { observedAt, authorisation: _own, ...rest } = snapshot;
  const { amount: _1, fees: _2, conversionFees: _3, estimatedTotal: _4, estimatedSettlement: _5, ...facts } = rest;
  const texts = amounts.flatMap((name) => {
    const money = snapshot[name];
    return money ? [[name, { minor: money.minor.toString(), currency: money.currency }] as const] : [];
  });
  return {
    ...notice,
    snapshot: { ...facts, observedAt: observedAt.toISOString(), amounts: Object.fromEntries(texts) },
  };
}

function restored({ snapshot }: PortableNotice): Snapshot | null {
  if (!snapshot) return null;
  const { observedAt, amounts: texts, ...facts } = snapshot;
  const money = amounts.flatMap((name) => {
    const text = texts[name];
    return text ? [[name, { minor: BigInt(text.minor), currency: text.currency }] as const] : [];
  });
  return { ...facts, ...Object.fromEntries(money), observedAt: new Date(observedAt) };
}
