import { Inject, Injectable } from '@nestjs/common';
import {
  AppEntity,
  BankPaymentEntity,
  BankReportEntity,
  type Connection,
  ConnectionEntity,
  PaymentEntity,
} from '@tributary/persistence';
import { newId, Vault } from '@tributary/platform';
import {
  type CallContext,
  findProvider,
  joinSecrets,
  type RegisteredProvider,
  splitSecrets,
  validateSettings,
} from '@tributary/providers';
import { DataSource, type EntityManager, IsNull, MoreThan, Not } from 'typeorm';
import { InstitutionRoutes } from '../institutions/institution-routes.js';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { connectionSecretsPlace, UpstreamsService } from '../upstreams/upstreams.service.js';
import { mergeSettings, type SettingsPatch } from './settings-patch.js';

type Settings = Readonly<Record<string, unknown>>;

export interface NewConnection {
  readonly provider: string;
  readonly name: string;
  readonly environment: Connection['environment'];
  readonly settings: Settings;
  /** The app that is the bank, where a hub asks through it. */
  readonly bankAppId?: string | null | undefined;
}

export interface ConnectionChange {
  readonly name?: string | undefined;
  readonly bankAppId?: string | null | undefined;
  readonly settings?: SettingsPatch | undefined;
}

/** A connection as an administrator may see it: secrets are named, never shown. */
export interface ShownConnection {
  readonly connection: Connection;
  /** Secrets as {@link secretMark}. */
  readonly settings: Settings;
  /** Banks that it reaches now; null when the upstream could not be asked. */
  readonly institutions: number | null;
}

/** Stands for a secret that is set; sent back in a change it means "as it is". */
export const secretMark = '***';

/** Our accounts at the upstreams. They belong to the installation; only administrators get here. */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly upstreams: UpstreamsService,
    private readonly routes: InstitutionRoutes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal `invalid_request` with pointers into `/settings` */
  async create(wanted: NewConnection, context: CallContext): Promise<ShownConnection> {
    const definition = findProvider(wanted.provider);
    if (!definition) {
      throw new Refusal('invalid_request', 'There is no such provider: see GET /v1/providers.', {
        errors: [{ pointer: '/provider', code: 'enum', message: 'must be the id of a provider of the catalogue' }],
      });
    }
    await this.checkBankApp(wanted.bankAppId);
    const now = this.clock.now();
    const id = newId('cnn');
    const connection: Connection = {
      id,
      provider: definition.id,
      name: wanted.name,
      environment: wanted.environment,
      bankAppId: wanted.bankAppId ?? null,
      ...this.sealed(definition, id, wanted.settings, wanted.environment),
      version: 1,
      banksListedAt: null,
      degradedAt: null,
      deletedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.database.getRepository(ConnectionEntity).save(connection);
    return this.discovered(connection, context);
  }

  /** Oldest first, without deleted ones; key of a row: its id. */
  async list({ limit, after }: PageRequest): Promise<readonly ShownConnection[]> {
    const rows = await this.database.getRepository(ConnectionEntity).find({
      where: { deletedAt: IsNull(), ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const counts = await this.routes.counts(rows.map(({ id }) => id));
    return rows.map((row) => this.shown(row, counts.get(row.id) ?? 0));
  }

  /** @throws Refusal `not_found` */
  async get(id: string): Promise<ShownConnection> {
    const connection = await this.live(this.database.manager, id);
    return this.shown(connection, (await this.routes.counts([id])).get(id) ?? 0);
  }

  /**
   * @throws Refusal `not_found`, `invalid_request`; `conflict`: another app would get payments that the first one has to end, or a hub
   * would not hear of the end of its payments
   */
  async change(
    id: string,
    { name, settings, bankAppId }: ConnectionChange,
    context: CallContext,
  ): Promise<ShownConnection> {
    await this.checkBankApp(bankAppId);
    const connection = await this.database.transaction(async (manager) => {
      const held = await this.live(manager, id, 'pessimistic_write');
      if (bankAppId !== undefined && bankAppId !== held.bankAppId) {
        this.checkEnded(await this.askedOpen(manager, id));
      }
      const definition = findProvider(held.provider);
      if (!definition) throw new Error(`connection ${id} is of a provider that is not in the catalogue`);
      const merged = settings && mergeSettings(this.allSettings(held), settings, secretMark);
      if (merged && merged['bank'] === undefined) await this.checkBankDone(manager, id);
      const changed: Connection = {
        ...held,
        ...(name !== undefined && { name }),
        ...(bankAppId !== undefined && { bankAppId }),
        ...(merged && this.sealed(definition, id, merged, held.environment)),
        version: held.version + 1,
        updatedAt: this.clock.now(),
      };
      await manager.getRepository(ConnectionEntity).save(changed);
      return changed;
    });
    this.upstreams.forget(id);
    return this.discovered(connection, context);
  }

  /** Nothing new goes over it; what it carried stays readable. @throws Refusal `not_found` */
  async remove(id: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const { version } = await this.live(manager, id, 'pessimistic_write');
      const sent = await manager.getRepository(PaymentEntity).countBy({ connectionId: id, final: false });
      this.checkEnded(sent + (await this.askedOpen(manager, id)));
      await manager
        .getRepository(ConnectionEntity)
        .update({ id }, { deletedAt: this.clock.now(), version: version + 1 });
      await this.routes.retire(manager, id);
    });
    this.upstreams.forget(id);
  }

  /** How many payments that a hub asked for have not ended. */
  private askedOpen(manager: EntityManager, connectionId: string): Promise<number> {
    return manager.getRepository(BankPaymentEntity).countBy({ connectionId, final: false });
  }

  /** Settings without the group `bank`, whatever the provider, serve no hub: nothing may be left that one waits for. */
  private async checkBankDone(manager: EntityManager, connectionId: string): Promise<void> {
    this.checkEnded(await this.askedOpen(manager, connectionId));
    const untold = await manager
      .getRepository(BankReportEntity)
      .countBy({ connectionId, nextAttemptAt: Not(IsNull()) });
    if (untold === 0) return;
    throw new Refusal(
      'conflict',
      `The hub has not been told everything: ${untold} reports wait. Wait until they are sent.`,
    );
  }

  private checkEnded(open: number): void {
    if (open === 0) return;
    throw new Refusal('conflict', `${open} payments over this connection have not ended. Wait for their end.`);
  }

  private async live(manager: EntityManager, id: string, mode?: 'pessimistic_write'): Promise<Connection> {
    const connection = await manager
      .getRepository(ConnectionEntity)
      .findOne({ where: { id, deletedAt: IsNull() }, ...(mode && { lock: { mode } }) });
    if (connection) return connection;
    throw notFound();
  }

  private async checkBankApp(id: string | null | undefined): Promise<void> {
    if (id === null || id === undefined) return;
    if (await this.database.getRepository(AppEntity).existsBy({ id })) return;
    throw new Refusal('invalid_request', 'There is no such app: see GET /v1/apps.', {
      errors: [{ pointer: '/bankAppId', code: 'invalid', message: 'must be the id of an app' }],
    });
  }

  /** Asks the upstream which banks it reaches. It may be away: the connection is kept all the same. */
  private async discovered(connection: Connection, context: CallContext): Promise<ShownConnection> {
    return this.shown(connection, await this.routes.discover(connection, context));
  }

  private sealed(
    definition: RegisteredProvider,
    id: string,
    settings: Settings,
    environment: Connection['environment'],
  ): Pick<Connection, 'settings' | 'secretsEnvelope'> {
    const findings = validateSettings(definition, settings, environment);
    if (findings.length > 0) {
      throw new Refusal('invalid_request', `Correct the settings: GET /v1/providers/${definition.id} describes them.`, {
        errors: findings.map(({ pointer, code, message }) => ({ pointer: `/settings${pointer}`, code, message })),
      });
    }
    const { open, secret } = splitSecrets(definition, settings);
    const unset = findMark(secret, '/settings');
    if (unset !== undefined) {
      throw new Refusal(
        'invalid_request',
        `"${secretMark}" stands for a secret that is set already; this one is not.`,
        {
          errors: [{ pointer: unset, code: 'invalid', message: 'send the secret itself' }],
        },
      );
    }
    return { settings: { ...open }, secretsEnvelope: this.vault.sealJson(secret, connectionSecretsPlace(id)) };
  }

  private secrets({ id, secretsEnvelope }: Connection): Settings {
    return this.vault.unsealJson<Settings>(secretsEnvelope, connectionSecretsPlace(id));
  }

  private allSettings(connection: Connection): Settings {
    return joinSecrets(connection.settings, this.secrets(connection));
  }

  private shown(connection: Connection, institutions: number | null): ShownConnection {
    return { connection, institutions, settings: joinSecrets(connection.settings, marked(this.secrets(connection))) };
  }
}

/** Every secret replaced by the mark, in the same nesting. */
function marked(secrets: Settings): Settings {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? marked({ ...value }) : secretMark,
    ]),
  );
}

/** Pointer of a secret that is nothing but the mark. */
function findMark(secrets: Settings, pointer: string): string | undefined {
  for (const [name, value] of Object.entries(secrets)) {
    const below = `${pointer}/${name}`;
    if (value === secretMark) return below;
    const found = typeof value === 'object' && value !== null ? findMark({ ...value }, below) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
