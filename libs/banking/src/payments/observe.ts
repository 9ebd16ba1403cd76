import {
  awaitsPsu,
  isFinal,
  judgeStatus,
  type ObservationSource,
  type PaymentDisclosure,
  paymentIsFinal,
  paymentState,
  type SendState,
  sendStates,
  type StatusVerdict,
} from '@tributary/domain';
import type { Payment } from '@tributary/persistence';
import type { PaymentSnapshot } from '@tributary/providers';
import { disclosed } from '../disclosure.js';
import type { NewEvent } from '../events/outbox.js';
import { alertFor, integrity, type IntegrityFinding } from './integrity.js';
import { itemsAfter } from './item-statuses.js';

/** An entry for the timeline. */
export interface TimelineEntry {
  readonly source: ObservationSource;
  readonly upstreamStatus: string;
  readonly isoStatus: Payment['isoStatus'];
  readonly applied: boolean;
  readonly why: StatusVerdict['why'] | IntegrityFinding | SendFinding | 'items';
  readonly latencyMs: number | null;
  /** The upstream's answer, to be sealed. */
  readonly raw: unknown;
  readonly at: Date;
}

/** How the sending itself went, where the upstream said nothing about the payment. */
export type SendFinding = 'outcome-unknown' | 'not-sent' | 'refused' | 'declined' | 'abandoned' | 'withdrawn';

/** What one observation makes of a payment. Pure: the writer makes it so in the database. */
export interface PaymentChange {
  /** The payment as it was read; its version guards the write. */
  readonly before: Payment;
  readonly after: Payment;
  readonly entries: readonly TimelineEntry[];
  readonly events: readonly NewEvent[];
  /** For people: a contradiction that no rule may settle. */
  readonly alert: string | null;
}

/**
 * The one reducer: whatever anybody upstream says about a payment, however it reached us, goes through here. Order and
 * repetition do not matter (a rank never falls, a final status stays), and what contradicts the order is not believed.
 */
export function observe(
  payment: Payment,
  snapshot: PaymentSnapshot,
  source: ObservationSource,
  latencyMs: number | null = null,
): PaymentChange {
  const mismatch = integrity(payment, snapshot);
  const verdict = judgeStatus(payment.isoStatus, snapshot.status);
  const applied = mismatch === null && verdict.applied;
  const isoStatus = applied ? snapshot.status : payment.isoStatus;
  const itemStatuses = mismatch === null ? itemsAfter(payment.itemStatuses, snapshot.items) : payment.itemStatuses;
  const itemsMoved = itemStatuses !== payment.itemStatuses;
  const why = mismatch ?? (itemsMoved && verdict.why === 'same' ? 'items' : verdict.why);
  // The bank knows the payment: whatever we feared about the sending is settled. Its answer to our own order says so even
  // where it names another amount; that is for people, but the reference must not be lost.
  // A person's decision is no word of the bank: it ends the payment, and what we know of the sending stays as it is.
  const ofBank = source !== 'operator';
  const known = ofBank && (mismatch === null || (source === 'initiation' && payment.reference === null));

  const after: Payment = {
    ...payment,
    isoStatus,
    isoReason: applied ? (snapshot.reason ?? payment.isoReason) : payment.isoReason,
    upstreamStatus: ofBank && mismatch === null ? snapshot.upstreamStatus : payment.upstreamStatus,
    ...(known ? { sendState: 'sent' as const, reference: payment.reference ?? snapshot.reference } : {}),
    ...(mismatch === null && {
      itemStatuses,
      disclosure: disclosed(disclosed(payment.disclosure, snapshot), snapshot.authorisation?.disclosure),
    }),
    stepOpen: mismatch === null ? stepOpenAfter(payment, snapshot, isoStatus) : payment.stepOpen,
    polls: applied || itemsMoved ? 0 : payment.polls + 1,
  };
  return changed(payment, after, {
    outcomeUnknown: (mismatch === null ? snapshot.outcomeUnknown : undefined) ?? (outcomeLost(payment) && !applied),
    entry: worthKeeping(payment, snapshot, source, why)
      ? {
          source,
          upstreamStatus: snapshot.upstreamStatus,
          isoStatus: snapshot.status,
          applied: applied || why === 'items',
          why,
          latencyMs,
          raw: snapshot.raw,
          at: snapshot.observedAt,
        }
      : null,
    alert: alertFor(why, payment, snapshot),
  });
}

const sendStateAfter = {
  'outcome-unknown': 'unknown',
  'not-sent': 'created',
  refused: 'refused',
  // By the PSU, before the instruction went out: no bank has said anything about a payment.
  declined: 'refused',
  abandoned: 'abandoned',
  withdrawn: 'withdrawn',
} as const satisfies Record<SendFinding, SendState>;

/**
 * What became of the sending, where there is no word of the upstream about the payment itself. It counts only while
 * nothing better is known: what a bank said since, or a later sending, is not overwritten by a sender that comes late.
 */
export function observeSending(
  payment: Payment,
  finding: SendFinding,
  source: ObservationSource,
  facts: {
    readonly upstreamStatus: string;
    readonly reason?: string | undefined;
    readonly at: Date;
    /** Which sending this is about; absent where the payment was never sent. */
    readonly attempt?: number | undefined;
  },
): PaymentChange {
  const refused = finding === 'refused';
  const entry = {
    source,
    upstreamStatus: facts.upstreamStatus,
    isoStatus: refused ? ('RJCT' as const) : null,
    why: finding,
    latencyMs: null,
    raw: null,
    at: facts.at,
  };
  if (!maySay(payment, finding, facts.attempt)) {
    return changed(payment, payment, { entry: { ...entry, applied: false }, alert: null });
  }
  const after: Payment = {
    ...payment,
    sendState: sendStateAfter[finding],
    sendLeaseUntil: null,
    isoStatus: refused ? 'RJCT' : payment.isoStatus,
    isoReason: refused ? (facts.reason ?? null) : payment.isoReason,
    upstreamStatus: facts.upstreamStatus,
    stepOpen:
      refused || finding === 'declined' || finding === 'abandoned' || finding === 'withdrawn'
        ? false
        : payment.stepOpen,
    polls: finding === 'outcome-unknown' ? payment.polls + 1 : 0,
  };
  const repeated = payment.sendState === after.sendState && payment.upstreamStatus === after.upstreamStatus;
  return changed(payment, after, {
    entry: repeated ? null : { ...entry, applied: true },
    alert: null,
  });
}

/** The send rule's own table decides, for the very sending that the finding is about. */
function maySay(payment: Payment, finding: SendFinding, attempt: number | undefined): boolean {
  if (payment.reference !== null || payment.isoStatus !== null) return false;
  if (attempt !== undefined && attempt !== payment.sendAttempts) return false;
  const next: readonly SendState[] = sendStates[payment.sendState];
  const after = sendStateAfter[finding];
  return after === payment.sendState || next.includes(after);
}

/**
 * The upstream gave this payment the name of another one of ours: it has the payment, but nothing that is said under that
 * name may settle it.
 * @param said what was said under that name, for the timeline
 */
export function observeTakenReference(payment: Payment, said: TimelineEntry | null): PaymentChange {
  const after: Payment = { ...payment, sendState: 'sent', sendLeaseUntil: null, polls: payment.polls + 1 };
  return changed(payment, after, {
    outcomeUnknown: payment.state === 'unknown',
    entry: said && { ...said, applied: false, why: 'reference-taken' },
    alert: 'the upstream gave this payment the name of another one',
  });
}

/** Tells the app where a payment stands whose last change was kept quiet: as if it had just been made. */
export function announced(payment: Payment): PaymentChange {
  return changed({ ...payment, state: 'created' }, payment, {
    outcomeUnknown: outcomeLost(payment),
    entry: null,
    alert: null,
  });
}

/** The PSU's part moved: a step opened or closed, and with it the bank may have told what it costs. */
export function observeStep(payment: Payment, stepOpen: boolean, said?: PaymentDisclosure): PaymentChange {
  const open = stepOpen && !paymentIsFinal(payment) && awaitsPsu(payment.isoStatus);
  // A step that opened or closed promises news; one that is as it was does not.
  const polls = open === payment.stepOpen ? payment.polls : 0;
  const disclosure = disclosed(payment.disclosure, said);
  const outcomeUnknown = outcomeLost(payment);
  return changed(
    payment,
    { ...payment, stepOpen: open, disclosure, polls },
    { outcomeUnknown, entry: null, alert: null },
  );
}

/** The upstream took the order and has given it up since: that stands until somebody says more. */
function outcomeLost({ state, sendState }: Payment): boolean {
  return state === 'unknown' && sendState === 'sent';
}

function changed(
  before: Payment,
  draft: Payment,
  {
    entry,
    alert,
    outcomeUnknown = false,
  }: { entry: TimelineEntry | null; alert: string | null; outcomeUnknown?: boolean },
): PaymentChange {
  const final = paymentIsFinal(draft);
  const after = { ...draft, state: outcomeUnknown && !final ? ('unknown' as const) : paymentState(draft), final };
  const events: NewEvent[] = [];
  // Grows with every event of this payment, in their order; up to four for one version of the row.
  const told = () => ({
    appId: after.appId,
    subjectId: after.id,
    sequence: (before.version + 1) * 4 + events.length,
  });
  const data = {
    paymentId: after.id,
    status: after.state,
    isoStatus: after.isoStatus,
    isoReason: after.isoReason,
    upstreamStatus: after.upstreamStatus,
    final: after.final,
  };
  if (before.state !== after.state || before.isoStatus !== after.isoStatus) {
    events.push({ ...told(), type: 'payment.statusChanged', data });
  } else if (before.itemStatuses !== after.itemStatuses) {
    events.push({ ...told(), type: 'payment.itemsChanged', data });
  }
  if (!before.stepOpen && after.stepOpen) events.push({ ...told(), type: 'payment.actionRequired', data });
  if (alert !== null)
    events.push({ ...told(), type: 'payment.conflict', data: { ...data, reported: entry?.upstreamStatus } });
  return { before, after, entries: entry ? [entry] : [], events, alert };
}

function stepOpenAfter(payment: Payment, snapshot: PaymentSnapshot, isoStatus: Payment['isoStatus']): boolean {
  if (isFinal(isoStatus) || !awaitsPsu(isoStatus)) return false;
  return snapshot.authorisation ? snapshot.authorisation.nextStep !== null : payment.stepOpen;
}

/** A poll that says nothing new is not history; everything else is, applied or not. A word can stay while its meaning moves. */
function worthKeeping(payment: Payment, snapshot: PaymentSnapshot, source: ObservationSource, why: string): boolean {
  const moved = why === 'items' || why === 'first' || why === 'advance' || why === 'end';
  return source !== 'poll' || moved || (why !== 'same' && snapshot.upstreamStatus !== payment.upstreamStatus);
}
