/** Those whose death breaks an order off. */
export const senders = ['api', 'worker', 'worker-2', 'postgres'] as const;
export type Sender = (typeof senders)[number];

export interface Death {
  /** When it died at the earliest. */
  readonly since: Date;
  /** When it was surely dead; of PostgreSQL, whose processes end one by one, when another one was up. */
  readonly at: Date;
  readonly victim: Sender;
}

/** An initiation of which nobody ever noted how it went. A living sender notes it within its time-out, be it that no answer came. */
export interface UnnotedSending {
  readonly id: string;
  readonly sentAt: Date;
  /** An SCA came before the instruction: then a worker may be the one that sends it. */
  readonly prepared: boolean;
}

/** An initiation at a bank of ours that was answered with an error, and when that was noted. */
export interface FailedSending {
  readonly id: string;
  readonly sentAt: Date;
  readonly notedAt: Date;
}

/** A payment that the bank has, about which a further order was written down before it left us. */
export interface WrittenOrder {
  readonly id: string;
  /** When its row was last written: by the order itself, or by whoever came after. */
  readonly updatedAt: Date;
}

/**
 * What a dead process had said to the database is done by then, even where everybody waits for a core; no other process in its
 * place has begun to speak.
 */
export const dustMs = 1_000;
/** Between the row that says that an order leaves and its request, and between the answer and its note, on a busy machine. */
const busyMs = 3_000;

/**
 * Whether a death can have taken the answer to a sending: it was under way, so it began no longer before than an answer is waited
 * for. Whoever sends for the first time is the api, after an SCA a worker too; a worker that sends again does so only at a bank that
 * recognises the order, where nothing is excused. PostgreSQL takes the note of each.
 */
export function brokenOff({ sentAt, prepared }: UnnotedSending, deaths: readonly Death[], timeoutMs: number): boolean {
  return deaths.some((death) => (prepared || !death.victim.startsWith('worker')) && underWay(sentAt, death, timeoutMs));
}

/** Whether PostgreSQL died under a bank of ours: between the order to it and the note that it failed. */
export function deafened({ sentAt, notedAt }: FailedSending, deaths: readonly Death[]): boolean {
  return deaths.some(
    ({ since, at, victim }) => victim === 'postgres' && sentAt <= at && since.getTime() <= notedAt.getTime() + dustMs,
  );
}

/** Whether a death can have come between a further order and the note of its answer. Anybody gives such orders. */
export function ordering({ updatedAt }: WrittenOrder, death: Death, timeoutMs: number): boolean {
  return underWay(updatedAt, death, timeoutMs);
}

/** The database stamps what it does: nothing of before its own death is stamped when it is up again, but of a process that spoke to it. */
function underWay(begun: Date, { since, at, victim }: Death, timeoutMs: number): boolean {
  const dust = victim === 'postgres' ? 0 : dustMs;
  return since.getTime() - begun.getTime() <= timeoutMs + 2 * busyMs && begun.getTime() <= at.getTime() + dust;
}
