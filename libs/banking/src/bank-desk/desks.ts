import { Inject, Injectable } from '@nestjs/common';
import { type BankPayment, type Connection, ConnectionEntity } from '@tributary/persistence';
import type { InboundBank } from '@tributary/providers';
import { DataSource, IsNull, Not } from 'typeorm';
import { notFound, Refusal } from '../refusal.js';
import { LOGGER, type Logger } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';

/** A counter of a bank: the hub that asks there, and the app that answers. */
export interface Desk {
  readonly connectionId: string;
  readonly provider: string;
  readonly environment: Connection['environment'];
  /** The app that is the bank. */
  readonly appId: string;
  readonly bank: InboundBank;
}

/** What a bank and the hub agreed on about payments. */
export type Agreed = Pick<InboundBank, 'fundsBalance' | 'endStatuses'>;

/** Where the connection was removed, or serves no hub any more: a payment ends all the same. */
const usual: Agreed = {
  fundsBalance: 'interimAvailable',
  endStatuses: { refused: 'CANC', declined: 'RJCT', expired: 'RJCT' },
};

/** Finds the desk that a hub, or a browser that it sent, asks for. */
@Injectable()
export class Desks {
  constructor(
    private readonly database: DataSource,
    private readonly upstreams: UpstreamsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws Refusal `not_found` where the connection is not one through which a hub may ask */
  async find(provider: string, connectionId: string): Promise<Desk> {
    const connection = await this.database
      .getRepository(ConnectionEntity)
      .findOneBy({ id: connectionId, provider, deletedAt: IsNull() });
    return this.open(connection);
  }

  /** The desk of a provider, where there is only one: hubs that know one address per bank send browsers without its id. */
  async findOnly(provider: string): Promise<Desk> {
    const connections = await this.database
      .getRepository(ConnectionEntity)
      .find({ where: { provider, deletedAt: IsNull(), bankAppId: Not(IsNull()) }, take: 2 });
    return this.open(connections.length === 1 ? (connections[0] ?? null) : null);
  }

  /**
   * What holds for payments that come through this connection. Asked before a transaction begins: it wants a database connection of
   * its own.
   * @throws whatever keeps the connection from being opened now; a guess would be written and announced as the end of a payment
   */
  async agreed({ connectionId }: Pick<BankPayment, 'connectionId'>): Promise<Agreed> {
    try {
      return (await this.upstreams.provider(connectionId)).bank ?? usual;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'no_route') return usual;
      throw error;
    }
  }

  /** The same for several connections; those that cannot be opened now are left out, and logged. */
  async agreedByConnection(connectionIds: readonly string[]): Promise<ReadonlyMap<string, Agreed>> {
    const opened = new Map<string, Agreed>();
    for (const connectionId of connectionIds) {
      try {
        opened.set(connectionId, await this.agreed({ connectionId }));
      } catch (error) {
        this.logger.warn({ event: 'bank.desk-unopened', connectionId, err: error }, 'what is due at a bank waits');
      }
    }
    return opened;
  }

  /** Through which hubs ask an app. */
  async connectionsOf(appId: string): Promise<readonly Pick<Connection, 'id' | 'provider'>[]> {
    return this.database
      .getRepository(ConnectionEntity)
      .find({ where: { bankAppId: appId, deletedAt: IsNull() }, select: { id: true, provider: true } });
  }

  private async open(connection: Connection | null): Promise<Desk> {
    if (!connection || connection.bankAppId === null) throw notFound();
    const { bank } = await this.upstreams.provider(connection.id);
    if (!bank) throw notFound();
    const { id: connectionId, provider, environment, bankAppId: appId } = connection;
    return { connectionId, provider, environment, appId, bank };
  }
}
