import { Injectable } from '@nestjs/common';
import { attended, type CallContext } from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';

/** How a read is to be answered. */
export interface ReadWish {
  readonly context: CallContext;
  /** The app asked for a live read (`Cache-Control: no-cache`). */
  readonly fresh: boolean;
}

/** An answer, and how old it is. */
export interface Dated<T> {
  readonly value: T;
  /** null: nothing was read yet, and there was nothing to read. */
  readonly asOf: Date | null;
}

/** Remembers when which data was last read live. */
@Injectable()
export class DataReads {
  constructor(private readonly database: DataSource) {}

  /** Live while the PSU is there, on request, and where there is nothing yet; else what was read before. */
  async live(subjectId: string, kind: string, { context, fresh }: ReadWish): Promise<boolean> {
    return fresh || attended(context) || (await this.asOf(subjectId, kind)) === null;
  }

  async asOf(subjectId: string, kind: string): Promise<Date | null> {
    const [row] = await this.database.query<{ as_of: Date }[]>(
      'SELECT as_of FROM data_reads WHERE subject_id = $1 AND kind = $2',
      [subjectId, kind],
    );
    return row?.as_of ?? null;
  }

  async mark(manager: EntityManager, subject: { id: string; appId: string }, kind: string): Promise<void> {
    await manager.query(
      `INSERT INTO data_reads (subject_id, kind, app_id, as_of) VALUES ($1, $2, $3, now())
       ON CONFLICT (subject_id, kind) DO UPDATE SET as_of = greatest(data_reads.as_of, excluded.as_of)`,
      [subject.id, kind, subject.appId],
    );
  }
}
