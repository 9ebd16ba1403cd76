import { Injectable } from '@nestjs/common';
import { type AuditEntry, AuditEntryEntity } from '@tributary/persistence';
import { DataSource, MoreThan } from 'typeorm';
import type { PageRequest } from '../page.js';

/** Who did what: for administrators, over all apps. */
@Injectable()
export class AuditLogService {
  constructor(private readonly database: DataSource) {}

  /** Oldest first; key of a row: its sequence. */
  list(subjectId: string | undefined, actor: string | undefined, { limit, after }: PageRequest): Promise<AuditEntry[]> {
    return this.database.getRepository(AuditEntryEntity).find({
      where: {
        ...(subjectId !== undefined && { subjectId }),
        ...(actor !== undefined && { actor }),
        ...(after !== null && { sequence: MoreThan(Number(after)) }),
      },
      order: { sequence: 'ASC' },
      take: limit + 1,
    });
  }
}
