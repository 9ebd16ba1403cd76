import { Inject, Injectable } from '@nestjs/common';
import { AppCredentialEntity, AppEntity } from '@tributary/persistence';
import { hashSecret, newId, randomSecret, verifySecret } from '@tributary/platform';
import { DataSource, type EntityManager } from 'typeorm';
import { CLOCK, type Clock, SETTINGS, type Settings } from '../tokens.js';
import type { Scope } from './principal.js';

/** A client id and its secret, in clear: only where they were just made. */
export interface MadeAdmin {
  readonly clientId: string;
  readonly clientSecret: string;
}

const adminScopes: Scope[] = ['admin', 'institutions'];
const adminLock = 7_310_420_264;

/** Sees to it that somebody can administer a new installation. */
@Injectable()
export class FirstAdmin {
  constructor(
    private readonly database: DataSource,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Makes the administrator of `ADMIN_CLIENT_ID` and `ADMIN_CLIENT_SECRET` what the environment says, also after a
   * change of the secret. Without them, makes one if the installation has none yet.
   * @returns what was made up and must be shown once; null when nothing was
   */
  ensure(): Promise<MadeAdmin | null> {
    const { adminClientId, adminClientSecret } = this.settings;
    return this.database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [adminLock]);
      if (adminClientId !== undefined && adminClientSecret !== undefined) {
        await this.keep(manager, adminClientId, adminClientSecret);
        return null;
      }
      const held = await manager.query<unknown[]>(
        `SELECT 1 FROM apps JOIN app_credentials AS credential ON credential.app_id = apps.id
         WHERE 'admin' = ANY(apps.scopes) AND credential.revoked_at IS NULL LIMIT 1`,
      );
      if (held.length > 0) return null;
      const made = { clientId: newId('client'), clientSecret: randomSecret('secret') };
      await this.keep(manager, made.clientId, made.clientSecret);
      return made;
    });
  }

  private async keep(manager: EntityManager, clientId: string, clientSecret: string): Promise<void> {
    const credentials = manager.getRepository(AppCredentialEntity);
    const held = await credentials.findOneBy({ clientId });
    if (held && held.revokedAt === null && verifySecret(clientSecret, held.secretHash)) return;
    const secretHash = hashSecret(clientSecret);
    if (held) {
      await credentials.update({ clientId }, { secretHash, revokedAt: null });
      return;
    }
    const now = this.clock.now();
    const app = { name: 'admin', redirectUris: [], scopes: adminScopes, createdAt: now, updatedAt: now };
    const appId = newId('app');
    await manager.getRepository(AppEntity).insert({ id: appId, ...app });
    await credentials.insert({ clientId, appId, secretHash, createdAt: now, revokedAt: null });
  }
}
