import { Shape } from '../kit/shape.js';
import type { Fault } from '../kit/faults.js';
import { ApiError, fieldError } from './api-error.js';
import type { Hub, HubFault } from './hub.js';
import type { Member } from './members/member.js';

/** One request, with the answers to what every endpoint asks. */
export class Call {
  private caller: Member | undefined;

  constructor(
    readonly hub: Hub,
    /** Origin and prefix for links: `http://localhost:4000/token-io`. */
    readonly base: string,
    readonly params: Readonly<Record<string, string>>,
    private readonly headers: Readonly<Record<string, string | string[] | undefined>>,
    /** As sent, without the question mark. */
    readonly queryText: string,
    readonly bytes: Buffer,
    /** Faults of the hub and the banks (not of the wire) that strike this call. */
    readonly faults: readonly Fault<HubFault>[] = [],
  ) {
    this.queries = new URLSearchParams(queryText);
  }

  private readonly queries: URLSearchParams;

  /** Who calls; only after authentication. */
  get member(): Member {
    if (!this.caller) {
      throw new Error('nobody was authenticated for this call');
    }
    return this.caller;
  }

  authenticated(member: Member): void {
    this.caller = member;
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    const text = Array.isArray(value) ? value.join(', ') : value;
    return text === undefined || text === '' ? undefined : text;
  }

  param(name: string): string {
    return this.params[name] ?? '';
  }

  query(name: string): string | undefined {
    return this.queries.get(name) ?? undefined;
  }

  /** A query parameter that may come several times: `ids=a&ids=b`. */
  queryList(name: string): string[] {
    return this.queries.getAll(name).filter((value) => value !== '');
  }

  queryBoolean(name: string): boolean | undefined {
    const value = this.query(name);
    if (value !== undefined && value !== 'true' && value !== 'false') {
      throw fieldError('Field.InvalidFormat', name, 'must be true or false');
    }
    return value === undefined ? undefined : value === 'true';
  }

  headerBoolean(name: string): boolean | undefined {
    const value = this.header(name);
    if (value !== undefined && value !== 'true' && value !== 'false') {
      throw fieldError('Field.InvalidFormat', name, 'must be true or false');
    }
    return value === undefined ? undefined : value === 'true';
  }

  json(): unknown {
    const type = (this.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') {
      throw new ApiError(400, 'send application/json', { errorCode: 'Field.InvalidFormat', paths: ['Content-Type'] });
    }
    try {
      return JSON.parse(this.text) as unknown;
    } catch {
      throw new ApiError(400, 'the body is not JSON', { errorCode: 'Field.InvalidFormat', paths: [] });
    }
  }

  body(): Shape {
    return Shape.of(this.json());
  }

  /** The fields of a posted form. */
  form(): URLSearchParams {
    return new URLSearchParams(this.text);
  }

  fault(kind: HubFault): Fault<HubFault> | undefined {
    return this.faults.find((fault) => fault.kind === kind);
  }

  /** How long the caller wants to wait at most, in milliseconds; header `request-timeout`, in seconds. */
  get requestTimeoutMs(): number | undefined {
    const text = this.header('request-timeout');
    if (text === undefined) {
      return undefined;
    }
    if (!/^\d{1,5}$/.test(text)) {
      throw fieldError('Field.InvalidFormat', 'request-timeout', 'must be a whole number of seconds');
    }
    return Number(text) * 1000;
  }
}
