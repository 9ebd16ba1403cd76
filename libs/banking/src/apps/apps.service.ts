import { Inject, Injectable } from '@nestjs/common';
import { type App, type AppCredential, AppCredentialEntity, AppEntity } from '@tributary/persistence';
import { hashSecret, newId, randomSecret } from '@tributary/platform';
import { DataSource, type EntityManager, In, IsNull, MoreThan } from 'typeorm';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { Clients } from './clients.js';
import type { Scope } from './principal.js';

export interface NewApp {
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly Scope[];
}

/** An app and its live credentials. */
export interface AppWithCredentials {
  readonly app: App;
  readonly credentials: readonly AppCredential[];
}

/** The one time that a secret is seen. */
export interface NewCredential {
  readonly credential: AppCredential;
  readonly clientSecret: string;
}

/** Two, so that a new secret can be rolled out before the old one goes. */
const mostCredentials = 2;

/** The apps of this installation and their credentials. Only administrators get here; every app is theirs. */
@Injectable()
export class AppsService {
  constructor(
    private readonly database: DataSource,
    private readonly clients: Clients,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create({ name, redirectUris, scopes }: NewApp): Promise<AppWithCredentials> {
    const now = this.clock.now();
    const app: App = {
      id: newId('app'),
      name,
      redirectUris: [...redirectUris],
      scopes: [...scopes],
      createdAt: now,
      updatedAt: now,
    };
    await this.database.getRepository(AppEntity).insert(app);
    return { app, credentials: [] };
  }

  /** Oldest first; key of a row: its id. */
  async list({ limit, after }: PageRequest): Promise<readonly AppWithCredentials[]> {
    const apps = await this.database.getRepository(AppEntity).find({
      where: after === null ? {} : { id: MoreThan(after) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const credentials = await this.live(
      this.database.manager,
      apps.map(({ id }) => id),
    );
    return apps.map((app) => ({ app, credentials: credentials.filter(({ appId }) => appId === app.id) }));
  }

  /** @throws Refusal `not_found` */
  async get(id: string): Promise<AppWithCredentials> {
    const app = await this.database.getRepository(AppEntity).findOneBy({ id });
    if (!app) throw notFound();
    return { app, credentials: await this.live(this.database.manager, [id]) };
  }

  /** @throws Refusal `not_found`; `conflict` when the app has two live credentials already */
  addCredential(appId: string): Promise<NewCredential> {
    return this.database.transaction(async (manager) => {
      // Two at once must not both see one free place.
      const [app] = await manager.query<unknown[]>('SELECT 1 FROM apps WHERE id = $1 FOR UPDATE', [appId]);
      if (!app) throw notFound();
      if ((await this.live(manager, [appId])).length >= mostCredentials) {
        throw new Refusal('conflict', 'The app has two live credentials: delete one of them first.');
      }
      const clientSecret = randomSecret('secret');
      const credential: AppCredential = {
        clientId: newId('client'),
        appId,
        secretHash: hashSecret(clientSecret),
        createdAt: this.clock.now(),
        revokedAt: null,
      };
      await manager.getRepository(AppCredentialEntity).insert(credential);
      return { credential, clientSecret };
    });
  }

  /** Ends a credential; its access tokens stop within seconds everywhere, here at once. @throws Refusal `not_found` */
  async revokeCredential(appId: string, clientId: string): Promise<void> {
    const { affected } = await this.database
      .getRepository(AppCredentialEntity)
      .update({ appId, clientId, revokedAt: IsNull() }, { revokedAt: this.clock.now() });
    this.clients.forget(clientId);
    if (affected === 0) throw notFound();
  }

  private live(manager: EntityManager, appIds: readonly string[]): Promise<AppCredential[]> {
    return manager.getRepository(AppCredentialEntity).find({
      where: { appId: In([...appIds]), revokedAt: IsNull() },
      order: { createdAt: 'ASC', clientId: 'ASC' },
    });
  }
}
