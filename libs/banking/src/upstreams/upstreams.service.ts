import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Connection, ConnectionEntity } from '@tributary/persistence';
import { publicAddresses, Vault, type VaultPlace } from '@tributary/platform';
import { joinSecrets, type PooledConnection, type Provider, ProviderPool } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { ConnectionWatch } from '../connections/connection-watch.js';
import { UpstreamCalls } from '../connections/upstream-calls.js';
import { Refusal } from '../refusal.js';
import { CLOCK, type Clock, LOGGER, type Logger, SETTINGS, type Settings } from '../tokens.js';

/** How long another process's change of a connection may go unnoticed. */
const trustMs = 1_000;

/** Where the secrets of a connection's settings are sealed. Connections belong to the installation, not to an app. */
export function connectionSecretsPlace(connectionId: string): VaultPlace {
  return { appId: '-', table: 'connections', row: connectionId, column: 'secrets_envelope' };
}

interface Checked {
  readonly at: number;
  readonly provider: Promise<Provider>;
}

/**
 * Gives the provider that speaks through a connection. It is made once and kept; a change of the settings, also by
 * another process, is noticed within a second by the connection's version.
 */
@Injectable()
export class UpstreamsService implements OnModuleDestroy {
  private readonly checked = new Map<string, Checked>();
  private readonly pool: ProviderPool;

  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    calls: UpstreamCalls,
    watch: ConnectionWatch,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.pool = new ProviderPool((connection) => ({
      connectionId: connection.id,
      environment: connection.environment,
      now: () => clock.now(),
      addresses: settings.upstreamAllowPrivate ? null : publicAddresses,
      report: (call) => {
        calls.record(call);
        watch.see(call);
      },
      warn: ({ operation, message }) =>
        logger.warn({ event: 'upstream.finding', connectionId: connection.id, operation }, message),
    }));
  }

  /** @throws Refusal `no_route` if the connection is gone */
  provider(connectionId: string): Promise<Provider> {
    const known = this.checked.get(connectionId);
    const now = performance.now();
    if (known && now - known.at < trustMs) return known.provider;
    // Whoever comes while the version is being checked waits for the same check.
    const provider = this.check(connectionId);
    this.checked.set(connectionId, { at: now, provider });
    provider.catch(() => this.checked.delete(connectionId));
    return provider;
  }

  /** Makes the next use of a connection look at its settings, without the second of trust. */
  forget(connectionId: string): void {
    this.checked.delete(connectionId);
  }

  async onModuleDestroy(): Promise<void> {
    this.checked.clear();
    await this.pool.close();
  }

  private async check(connectionId: string): Promise<Provider> {
    const connection = await this.database.getRepository(ConnectionEntity).findOneBy({ id: connectionId });
    if (!connection || connection.deletedAt) {
      await this.pool.release(connectionId);
      throw new Refusal('no_route', 'The connection to the bank was removed. Make a new consent over another route.');
    }
    return this.pool.get(this.pooled(connection));
  }

  private pooled({ id, version, provider, environment, settings, secretsEnvelope }: Connection): PooledConnection {
    return {
      id,
      version,
      provider,
      environment,
      settings: () =>
        joinSecrets(
          settings,
          this.vault.unsealJson<Record<string, unknown>>(secretsEnvelope, connectionSecretsPlace(id)),
        ),
    };
  }
}
