import { Inject, Injectable } from '@nestjs/common';
import { auditHead, AuditHeads, sealAuditLog } from '@tributary/persistence';
import { Vault } from '@tributary/platform';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock, SETTINGS, type Settings } from '../tokens.js';

const headEveryMs = 3_600_000;

/** Chains new entries of the audit log, and every hour writes a signed head of the chain outside of the database. */
@Injectable()
export class AuditSealing {
  private readonly heads: AuditHeads;

  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) settings: Settings,
    vault: Vault,
  ) {
    this.heads = new AuditHeads(settings.dataDir, vault);
  }

  /** @returns how many entries were sealed */
  seal(limit: number): Promise<number> {
    return sealAuditLog(this.database, limit);
  }

  /**
   * Unless there is one of this hour already. Where nothing new was sealed, the same head is signed again: that there is one of
   * late is how `audit:verify` knows that no later one was taken away.
   */
  async signHead(): Promise<void> {
    const now = this.clock.now();
    const newest = Math.max(...this.heads.read().map(({ at }) => Date.parse(at)));
    if (now.getTime() - newest < headEveryMs) return;
    const head = await auditHead(this.database);
    if (head.position > 0) this.heads.append(head, now);
  }
}
