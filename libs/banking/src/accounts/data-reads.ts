import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { attended, type CallContext, type ReadMark } from '@tributary/providers';
import { withTenant } from '@tributary/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.js';

/** How a read is to be answered. */
export interface ReadWish {
  readonly context: CallContext;
  /** The app asked for a live read (`Cache-Control: no-cache`). */
  readonly fresh: boolean;
}

/** What was read: an account, or for its list of accounts a consent. */
interface ReadSubject {
  readonly id: string;
  readonly appId: string;
}

interface Mark {
  readonly subject: ReadSubject;
  readonly kind: string;
  readonly at: Date;
}

/** How long a read that brought nothing new may go unwritten. */
const flushMs = 500;

/**
 * Live while the PSU is there, on request, and where there is nothing yet; else what was read before.
 * @param asOf when it was last read live
 */
export function isLive({ context, fresh }: ReadWish, asOf: Date | null): boolean {
  return fresh || attended(context) || asOf === null;
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
export class DataReads implements OnModuleDestroy {
  private marks = new Map<string, Mark>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** null: nothing was read yet. */
  async asOf(subjectId: string, kind: string): Promise<Date | null> {
    const [row] = await this.database.query<{ as_of: Date }[]>(
      'SELECT as_of FROM data_reads WHERE subject_id = $1 AND kind = $2',
      [subjectId, kind],
    );
    return this.newest(subjectId, kind, row?.as_of ?? null);
  }

  /** The same, where the caller has the row's instant already. */
  newest(subjectId: string, kind: string, asOf: Date | null): Date | null {
    const mark = this.marks.get(keyOf(subjectId, kind));
    return mark && (asOf === null || asOf < mark.at) ? mark.at : asOf;
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

  /** In the transaction that stores what was read. */
  async mark(manager: EntityManager, subject: ReadSubject, kind: string, place?: ReadPlace): Promise<Date> {
    const mark = place?.mark ? JSON.stringify({ connectionId: place.connectionId, ...place.mark }) : null;
    const [row] = await manager.query<{ as_of: Date }[]>(
      `INSERT INTO data_reads (subject_id, kind, app_id, as_of, mark, whole_as_of)
       VALUES ($1, $2, $3, now(), $4, CASE WHEN $5 THEN now() END)
       ON CONFLICT (subject_id, kind) DO UPDATE
       SET as_of = greatest(data_reads.as_of, excluded.as_of), mark = excluded.mark,
           whole_as_of = coalesce(excluded.whole_as_of, data_reads.whole_as_of)
       RETURNING as_of`,
      [subject.id, kind, subject.appId, mark, place?.whole ?? false],
    );
    return row?.as_of ?? this.clock.now();
  }

  /**
   * For a read that brought nothing new: written soon, together with others. A process that is killed meanwhile leaves
   * the data looking older than they are, which costs a live read and nothing else.
   */
  markSoon(subject: ReadSubject, kind: string): Date {
    const at = this.clock.now();
    this.marks.set(keyOf(subject.id, kind), { subject, kind, at });
    this.timer ??= setTimeout(() => void this.flush(), flushMs).unref();
    return at;
  }

  /** Writes what {@link markSoon} put off. Never throws: it can be done without. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { marks } = this;
    if (marks.size === 0) return;
    this.marks = new Map();
    // The rows of two apps are never in one statement, which sees those of one only.
    const byApp = new Map<string, Mark[]>();
    for (const mark of marks.values()) {
      const { appId } = mark.subject;
      const rows = byApp.get(appId);
      if (rows) rows.push(mark);
      else byApp.set(appId, [mark]);
    }
    for (const [appId, rows] of byApp) await withTenant(appId, () => this.write(rows));
  }

  private async write(rows: readonly Mark[]): Promise<void> {
    try {
      await this.database.query(
        `INSERT INTO data_reads (subject_id, kind, app_id, as_of)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS mark(subject_id, kind, app_id, as_of)
         ORDER BY subject_id, kind
         ON CONFLICT (subject_id, kind) DO UPDATE SET as_of = greatest(data_reads.as_of, excluded.as_of)`,
        [
          rows.map(({ subject }) => subject.id),
          rows.map(({ kind }) => kind),
          rows.map(({ subject }) => subject.appId),
          rows.map(({ at }) => at),
        ],
      );
    } catch (error) {
      this.logger.warn({ err: error, count: rows.length }, 'when data were last read could not be written');
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }
}

const keyOf = (subjectId: string, kind: string): string => `${subjectId} ${kind}`;
