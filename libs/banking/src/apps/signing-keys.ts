import { Inject, Injectable } from '@nestjs/common';
import { type SigningKey, SigningKeyEntity } from '@tributary/persistence';
import { Vault, type VaultPlace } from '@tributary/platform';
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock } from '../tokens.js';

/** Signature algorithm of our access tokens (RFC 7518 section 3.4). */
export const tokenAlgorithm = 'ES256';

/** A retired key still verifies for as long as a token that it signed can live. */
const graceMs = 3_600_000;
/** How often an unknown key id may make us look into the database again. */
const reloadMs = 2_000;
/** Any constant will do: all api processes take the same advisory lock. */
const creationLock = 7_310_420_263;

interface OpenKey {
  readonly kid: string;
  readonly publicKey: CryptoKey | Uint8Array;
  readonly publicJwk: JWK;
  readonly row: SigningKey;
}

/** The keys that sign access tokens: made at the first use, private halves in the vault, shared by all processes. */
@Injectable()
export class SigningKeys {
  private keys: Promise<readonly OpenKey[]> | undefined;
  private loadedAt = 0;
  private readonly privateKeys = new Map<string, CryptoKey | Uint8Array>();

  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The key that signs now. */
  async current(): Promise<{ kid: string; privateKey: CryptoKey | Uint8Array }> {
    const key = (await this.load()).find(({ row }) => row.retiredAt === null);
    if (!key) throw new Error('no signing key');
    let privateKey = this.privateKeys.get(key.kid);
    if (!privateKey) {
      privateKey = await importJWK(this.vault.unsealJson<JWK>(key.row.privateEnvelope, place(key.kid)), tokenAlgorithm);
      this.privateKeys.set(key.kid, privateKey);
    }
    return { kid: key.kid, privateKey };
  }

  /** The public key of this id; looks again where another process may have made it meanwhile. */
  async find(kid: string): Promise<CryptoKey | Uint8Array | undefined> {
    const known = (await this.load()).find((key) => key.kid === kid);
    if (known || performance.now() - this.loadedAt < reloadMs) return known?.publicKey;
    this.keys = undefined;
    return (await this.load()).find((key) => key.kid === kid)?.publicKey;
  }

  /** The public keys as RFC 7517 publishes them. */
  async jwks(): Promise<{ keys: JWK[] }> {
    return { keys: (await this.load()).map(({ publicJwk }) => publicJwk) };
  }

  private load(): Promise<readonly OpenKey[]> {
    if (!this.keys) {
      this.loadedAt = performance.now();
      this.keys = this.read();
      this.keys.catch(() => (this.keys = undefined));
    }
    return this.keys;
  }

  private async read(): Promise<readonly OpenKey[]> {
    const rows = await this.database.transaction(async (manager) => {
      const repository = manager.getRepository(SigningKeyEntity);
      const held = await repository.find({ order: { createdAt: 'DESC', kid: 'ASC' } });
      if (held.some((row) => row.retiredAt === null)) return held;
      await manager.query('SELECT pg_advisory_xact_lock($1)', [creationLock]);
      const again = await repository.find({ order: { createdAt: 'DESC', kid: 'ASC' } });
      if (again.some((row) => row.retiredAt === null)) return again;
      const made = await this.make();
      await repository.save(made);
      return [made, ...again];
    });
    const oldest = this.clock.now().getTime() - graceMs;
    const usable = rows.filter((row) => row.retiredAt === null || row.retiredAt.getTime() > oldest);
    return Promise.all(usable.map(open));
  }

  private async make(): Promise<SigningKey> {
    const pair = await generateKeyPair(tokenAlgorithm, { extractable: true });
    const publicJwk = await exportJWK(pair.publicKey);
    const kid = await calculateJwkThumbprint(publicJwk);
    return {
      kid,
      publicJwk: { ...publicJwk, kid, alg: tokenAlgorithm, use: 'sig' },
      privateEnvelope: this.vault.sealJson(await exportJWK(pair.privateKey), place(kid)),
      createdAt: this.clock.now(),
      retiredAt: null,
    };
  }
}

async function open(row: SigningKey): Promise<OpenKey> {
  return { kid: row.kid, publicKey: await importJWK(row.publicJwk, tokenAlgorithm), publicJwk: row.publicJwk, row };
}

const place = (kid: string): VaultPlace => ({
  appId: '-',
  table: 'signing_keys',
  row: kid,
  column: 'private_envelope',
});
