import type { Provider, ProviderDeps } from './port/index.js';
import { findProvider } from './registry.js';

/** A connection as far as a provider is made from it. */
export interface PooledConnection {
  readonly id: string;
  /** Grows with every change of the settings. */
  readonly version: number;
  /** Id of the provider's definition. */
  readonly provider: string;
  readonly environment: ProviderDeps['environment'];
  /** All settings, secrets included; only called when the provider has to be made. */
  readonly settings: () => unknown;
}

/**
 * Keeps one created provider per connection, so that its upstream connections and parsed keys are reused. A newer version of the
 * settings replaces it; calls that run on the old one end in peace.
 */
export class ProviderPool {
  readonly #held = new Map<string, { readonly version: number; readonly provider: Provider }>();

  constructor(private readonly lend: (connection: PooledConnection) => ProviderDeps) {}

  /** The provider of a connection, made now if need be. Throws an Error for an unknown provider id. */
  get(connection: PooledConnection): Provider {
    const held = this.#held.get(connection.id);
    // An older version comes from a reader that has not seen the change yet: it gets the newer provider.
    if (held && held.version >= connection.version) return held.provider;
    const definition = findProvider(connection.provider);
    if (!definition) throw new Error(`no provider is called "${connection.provider}"`);
    const provider = definition.create(connection.settings(), this.lend(connection));
    this.#held.set(connection.id, { version: connection.version, provider });
    if (held) void held.provider.close().catch(() => undefined);
    return provider;
  }

  /** Forgets a connection that was deleted. */
  async release(connectionId: string): Promise<void> {
    const held = this.#held.get(connectionId);
    this.#held.delete(connectionId);
    await held?.provider.close();
  }

  /** Closes every upstream connection; for the end of the process. */
  async close(): Promise<void> {
    const providers = [...this.#held.values()];
    this.#held.clear();
    await Promise.allSettled(providers.map(({ provider }) => provider.close()));
  }
}
