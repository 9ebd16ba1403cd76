import { Injectable } from '@nestjs/common';
import { forEveryTenant } from '@tributary/persistence';
import { hashSecret, randomSecret, verifySecret } from '@tributary/platform';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import type { Scope } from './principal.js';

/** A client id that may ask for tokens, and the app behind it. */
export interface Client {
  readonly clientId: string;
  readonly appId: string;
  readonly scopes: readonly Scope[];
}

interface Asked {
  readonly answer: Promise<boolean>;
  /** The answer, once it is there. */
  live?: boolean;
}

/** For how long a revocation by another process may go unnoticed. */
const trustMs = 2_000;

/** Client ids and secrets of the apps: who may get tokens, and whose tokens still count. */
@Injectable()
export class Clients {
  private readonly live = new LRUCache<string, Asked>({ max: 10_000, ttl: trustMs });
  /** Compared with where the client is unknown, so that the time of the answer does not tell which ids exist. */
  private readonly nobodysHash = hashSecret(randomSecret('nobody'));

  constructor(private readonly database: DataSource) {}

  /** The client, if the secret is its own and it was not revoked. */
  async authenticate(clientId: string, secret: string): Promise<Client | null> {
    const [row] = await this.database.query<{ app_id: string; secret_hash: string; scopes: Scope[] }[]>(
      `SELECT credential.app_id, credential.secret_hash, app.scopes
       FROM app_credentials AS credential JOIN apps AS app ON app.id = credential.app_id
       WHERE credential.client_id = $1 AND credential.revoked_at IS NULL`,
      [clientId],
    );
    const right = verifySecret(secret, row?.secret_hash ?? this.nobodysHash);
    return row && right ? { clientId, appId: row.app_id, scopes: row.scopes } : null;
  }

  /** Whether the credential still counts; asked of the database at most every two seconds per client. */
  isLive(clientId: string): Promise<boolean> {
    const known = this.live.get(clientId);
    if (known) return known.answer;
    const asked: Asked = { answer: this.ask(clientId) };
    this.live.set(clientId, asked);
    asked.answer.then(
      (live) => (asked.live = live),
      () => this.live.delete(clientId),
    );
    return asked.answer;
  }

  /** Whether it is known to count without asking. */
  isKnownLive(clientId: string): boolean {
    return this.live.get(clientId)?.live === true;
  }

  /** After a revocation in this process: ask at once. */
  forget(clientId: string): void {
    this.live.delete(clientId);
  }

  private async ask(clientId: string): Promise<boolean> {
    // Who asks is not known before this is answered.
    const rows = await forEveryTenant(this.database, () =>
      this.database.query<unknown[]>('SELECT 1 FROM app_credentials WHERE client_id = $1 AND revoked_at IS NULL', [
        clientId,
      ]),
    );
    return rows.length > 0;
  }
}
