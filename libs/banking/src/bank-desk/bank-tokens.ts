import { Injectable } from '@nestjs/common';
import type { BankPermission } from '@tributary/domain';
import { type BankToken, BankTokenEntity } from '@tributary/persistence';
import { sha256Hex, type VaultPlace } from '@tributary/platform';
import { BankRefusal } from '@tributary/providers';
import type { EntityManager } from 'typeorm';
import type { Desk } from './desks.js';

/** Tokens by which hubs speak for customers: what is left of them. */
@Injectable()
export class BankTokens {
  /**
   * The token, if it may be used for this now.
   * @param lock for what spends it: of two requests at once one waits for the other
   * @throws BankRefusal `token-missing`, `token-invalid`, `not-granted`
   */
  async use(
    manager: EntityManager,
    desk: Desk,
    token: string | null,
    permission: BankPermission,
    lock = false,
  ): Promise<BankToken> {
    const held = await this.known(manager, desk, token, lock);
    if (held.spentAt) throw invalid();
    if (!held.permissions.includes(permission)) throw new BankRefusal('not-granted', 'The consent does not cover this');
    return held;
  }

  /** The token, spent or not: a spent one still says how its own payment stands. */
  async known(manager: EntityManager, desk: Desk, token: string | null, lock = false): Promise<BankToken> {
    if (token === null || token === '') throw new BankRefusal('token-missing', 'Header "X-Auth-Token" is missing');
    const query = manager
      .getRepository(BankTokenEntity)
      .createQueryBuilder('token')
      .where('token.connectionId = :connectionId AND token.tokenHash = :hash', {
        connectionId: desk.connectionId,
        hash: sha256Hex(token),
      })
      .andWhere('token.revokedAt IS NULL AND token.validUntil > now()');
    if (lock) query.setLock('pessimistic_write');
    const held = await query.getOne();
    if (held) return held;
    throw invalid();
  }
}

function invalid(): BankRefusal {
  return new BankRefusal('token-invalid', 'The token is not valid (any more)');
}

export function tokenPlace({ id, appId }: Pick<BankToken, 'id' | 'appId'>): VaultPlace {
  return { appId, table: 'bank_tokens', row: id, column: 'token_envelope' };
}
