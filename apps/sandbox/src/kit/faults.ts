import { randomUUID } from 'node:crypto';
import { Shape, ShapeError, checkText } from './shape.js';
import type { SeededRandom } from './random.js';

/** Faults on the wire, the same for every upstream. */
export const WIRE_FAULTS = ['delay', 'hang', 'reset', 'error', 'wrongJson', 'html'] as const;
export type WireFaultKind = (typeof WIRE_FAULTS)[number];

/** What a fault is compared with. */
export interface FaultContext {
  method: string;
  path: string;
  operation: string;
  customer?: string | undefined;
  amount?: string | undefined;
}

export interface FaultMatch {
  method?: string;
  /** The path below the bank's prefix; `*` stands for anything. */
  path?: string;
  operation?: string;
  customer?: string;
  amount?: string;
}

/** An arranged failure. `when: before` means that the bank has not acted; `after` means that it has, only the answer suffers. */
export interface Fault<Kind extends string = string> {
  id: string;
  kind: WireFaultKind | Kind;
  when: 'before' | 'after';
  match: FaultMatch;
  /** Only the n-th matching request, counted from 1. */
  nth?: number;
  /** At most so many times. */
  count?: number;
  probability?: number;
  ms?: number;
  httpStatus?: number;
  code?: string;
  reason?: string;
  status?: string;
  seconds?: number;
  seen: number;
  applied: number;
}

const FIELDS = 'kind when match nth count probability ms httpStatus code reason status seconds'.split(' ');
const MATCH_FIELDS = ['method', 'path', 'operation', 'customer', 'amount'];

/** The arranged faults of one bank instance. */
export class FaultBook<Kind extends string> {
  private faults: Fault<Kind>[] = [];

  constructor(
    private readonly random: SeededRandom,
    private readonly businessKinds: readonly Kind[],
    private readonly operations: readonly string[],
  ) {}

  list(): readonly Fault<Kind>[] {
    return this.faults;
  }

  /** @throws ShapeError naming the wrong field. */
  add(input: unknown): Fault<Kind> {
    const shape = Shape.of(input);
    shape.only(FIELDS);
    const fault: Fault<Kind> = {
      id: randomUUID(),
      kind: shape.choice<WireFaultKind | Kind>('kind', [...WIRE_FAULTS, ...this.businessKinds]),
      when: shape.optionalChoice('when', ['before', 'after'] as const) ?? 'before',
      match: this.readMatch(shape.optionalObject('match')),
      ...defined({
        nth: shape.optionalNumber('nth', 1, 1_000_000),
        count: shape.optionalNumber('count', 1, 1_000_000_000),
        probability: shape.optionalNumber('probability', 0, 1, false),
        ms: shape.optionalNumber('ms', 0, 600_000),
        httpStatus: shape.optionalNumber('httpStatus', 200, 599),
        code: shape.optionalText('code', { max: 60 }),
        reason: shape.optionalText('reason', { max: 140 }),
        status: shape.optionalText('status', { max: 35 }),
        seconds: shape.optionalNumber('seconds', 0, 31_536_000),
      }),
      seen: 0,
      applied: 0,
    };
    if (fault.kind === 'delay' && fault.ms === undefined) {
      throw new ShapeError('ms', 'is missing: how long shall the answer wait?');
    }
    this.faults.push(fault);
    return fault;
  }

  remove(id?: string): number {
    const before = this.faults.length;
    this.faults = id === undefined ? [] : this.faults.filter((fault) => fault.id !== id);
    return before - this.faults.length;
  }

  /** The faults that strike this request; counters move, so ask once per request. */
  strike(context: FaultContext): Fault<Kind>[] {
    return this.faults.filter((fault) => {
      if (!matches(fault.match, context)) {
        return false;
      }
      fault.seen += 1;
      const due =
        (fault.nth === undefined || fault.seen === fault.nth) &&
        (fault.count === undefined || fault.applied < fault.count) &&
        (fault.probability === undefined || this.random.next() < fault.probability);
      fault.applied += due ? 1 : 0;
      return due;
    });
  }

  private readMatch(shape: Shape | undefined): FaultMatch {
    if (!shape) {
      return {};
    }
    shape.only(MATCH_FIELDS);
    const match: FaultMatch = {};
    for (const name of MATCH_FIELDS) {
      if (shape.has(name)) {
        Object.assign(match, { [name]: checkText(shape.raw(name), shape.at(name), { max: 200 }) });
      }
    }
    if (match.operation !== undefined && !this.operations.includes(match.operation)) {
      throw new ShapeError('match.operation', `must be one of ${this.operations.join(', ')}`);
    }
    return match;
  }
}

function matches(match: FaultMatch, context: FaultContext): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === context.method) &&
    (match.path === undefined || pathPattern(match.path).test(context.path)) &&
    (match.operation === undefined || match.operation === context.operation) &&
    (match.customer === undefined || match.customer === context.customer) &&
    (match.amount === undefined || match.amount === context.amount)
  );
}

function pathPattern(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`);
}

/** Leaves out what is undefined, so that lists show only what was set. */
function defined<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
