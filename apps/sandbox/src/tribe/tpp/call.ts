import type { Fault } from '../../kit/faults.js';
import { readObject } from '../bank-message/open-message.js';
import type { Consent } from '../consent.js';
import { Fields } from '../fields.js';
import type { Hub } from '../hub.js';
import type { HubFault } from '../operations.js';
import type { Bank, Tpp } from '../parties.js';
import { Refusal } from '../refusal.js';
import type { Arrival } from '../site.js';

/** One call of a TPP that may come in: who it is and with which consent. */
export class TppCall {
  constructor(
    readonly arrival: Arrival,
    readonly tpp: Tpp | undefined,
    private readonly given: Consent | undefined,
    readonly faults: readonly Fault<HubFault>[],
  ) {}

  get hub(): Hub {
    return this.arrival.hub;
  }

  /** The consent behind the bearer; only operations with a scope ask for it. */
  get consent(): Consent {
    if (!this.given) {
      throw new Refusal(401, 'TOKEN_INVALID', 'OAuth token not valid');
    }
    return this.given;
  }

  get client(): Tpp {
    if (!this.tpp) {
      throw new Refusal(401, 'AUTHENTICATION_REQUIRED', 'X-Client-ID is missing');
    }
    return this.tpp;
  }

  get bank(): Bank {
    return this.consent.bank;
  }

  param(name: string): string {
    return this.arrival.param(name);
  }

  /** One query parameter; empty is absent. */
  query(name: string): string | undefined {
    const values = this.arrival.query.getAll(name);
    if (values.length > 1) {
      throw inconsistent(name, 'must be given once');
    }
    return values[0] || undefined;
  }

  /** The JSON body, read field by field. */
  body(): { json: ReturnType<typeof readObject>; fields: Fields } {
    const json = readObject(this.arrival.bytes);
    return { json, fields: Fields.of(json) };
  }

  /** The language that the PSU likes most, from Accept-Language. */
  get language(): string | undefined {
    const ranked = (this.arrival.header('Accept-Language') ?? '').split(',').map((part) => {
      const [tag = '', weight] = part.trim().split(/\s*;\s*q=/i);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    });
    return ranked.toSorted((a, b) => b.weight - a.weight)[0]?.tag || undefined;
  }

  /**
   * TPP-Redirect-URI, where the PSU goes in the end.
   * @throws Refusal 400 HEADERS_ERROR.
   */
  get redirectUri(): string {
    const uri = this.arrival.header('TPP-Redirect-URI') ?? '';
    if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri)) {
      throw new Refusal(
        400,
        'HEADERS_ERROR',
        uri === '' ? 'TPP-Redirect-URI is missing' : 'TPP-Redirect-URI is no URL',
      );
    }
    return uri;
  }
}

/** 400 PARAMETER_NOT_CONSISTENT: a path or query parameter. */
export function inconsistent(name: string, problem: string): Refusal {
  return new Refusal(400, 'PARAMETER_NOT_CONSISTENT', 'URL path or query parameter is invalid', [
    { code: 'PARAMETER_NOT_CONSISTENT', title: `${name} is not valid`.slice(0, 70), details: `${name} ${problem}` },
  ]);
}

/** 404 RESOURCE_NOT_FOUND. */
export function notFound(what: string): Refusal {
  return new Refusal(404, 'RESOURCE_NOT_FOUND', `${what} not found`);
}
