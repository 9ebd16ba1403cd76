import { Injectable } from '@nestjs/common';
import { attended, type CallContext, type ReadMark } from '@tributary/providers';
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

/** How far a read came, and whether it was all of it. */
export interface ReadPlace {
  /** null: a later read cannot go on. */
  readonly mark: ReadMark | null;
  readonly connectionId: string;
  readonly whole: boolean;
}

/** How long changes are enough: then all is read again, since banks also correct what is behind a mark. */
const wholeEvery = '1 day';

/** Remembers when which data was last read live, and how far that came. */
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

  /**
   * Takes the mark of the last read, so that one read goes on there: if that fails, the next one is whole. null where there is none,
   * it came over another connection, or the last whole read is too long ago.
   */
  async takeMark(subjectId: string, kind: string, connectionId: string): Promise<ReadMark | null> {
    const [rows] = await this.database.query<[{ mark: ReadMark }[], number]>(
      `UPDATE data_reads SET mark = NULL
       FROM (SELECT mark FROM data_reads WHERE subject_id = $1 AND kind = $2 FOR UPDATE) AS held
       WHERE subject_id = $1 AND kind = $2 AND held.mark->>'connectionId' = $3
         AND whole_as_of > now() - interval '${wholeEvery}'
       RETURNING held.mark`,
      [subjectId, kind, connectionId],
    );
    return rows[0]?.mark ?? null;
  }

  async mark(
    manager: EntityManager,
    subject: { id: string; appId: string },
    kind: string,
    place?: ReadPlace,
  ): Promise<void> {
    const mark = place?.mark ? JSON.stringify({ connectionId: place.connectionId, ...place.mark }) : null;
    await manager.query(
      `INSERT INTO data_reads (subject_id, kind, app_id, as_of, mark, whole_as_of)
       VALUES ($1, $2, $3, now(), $4, CASE WHEN $5 THEN now() END)
       ON CONFLICT (subject_id, kind) DO UPDATE
       SET as_of = greatest(data_reads.as_of, excluded.as_of), mark = excluded.mark,
           whole_as_of = coalesce(excluded.whole_as_of, data_reads.whole_as_of)`,
      [subject.id, kind, subject.appId, mark, place?.whole ?? false],
    );
  }
}
