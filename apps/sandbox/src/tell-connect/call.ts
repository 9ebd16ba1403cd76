import { Shape } from '../kit/shape.js';
import type { Fault } from '../kit/faults.js';
import { invalidRequest } from './api-error.js';
import type { Environment } from './consent.js';
import type { Platform, PlatformFault } from './platform.js';

export interface CallParts {
  platform: Platform;
  environment: Environment;
  method: string;
  /** The path without host, prefix, version and query, as it was sent: what the signature names. */
  path: string;
  params: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
  /** Origin and prefix, such as `http://localhost:4000/tell-connect`: for links. */
  site: string;
}

/** One request to the API. */
export class Call {
  constructor(
    private readonly parts: CallParts,
    /** Faults of the bank (not of the wire) that strike this call. */
    readonly faults: readonly Fault<PlatformFault>[] = [],
  ) {}

  get platform(): Platform {
    return this.parts.platform;
  }
  get environment(): Environment {
    return this.parts.environment;
  }
  get path(): string {
    return this.parts.path;
  }
  get site(): string {
    return this.parts.site;
  }
  get text(): string {
    return this.parts.body.toString('utf8');
  }

  /** Undefined when absent; an empty header stays an empty text. */
  header(name: string): string | undefined {
    const value = this.parts.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  param(name: string): string {
    return this.parts.params[name] ?? '';
  }

  get mediaType(): string {
    return (this.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  }

  /** The body as the documentation's payload: JSON as it is, form fields as an object of texts, nothing as `undefined`. */
  data(): unknown {
    if (this.mediaType === 'application/x-www-form-urlencoded') {
      return Object.fromEntries(new URLSearchParams(this.text));
    }
    if (this.text === '') {
      return undefined;
    }
    try {
      return JSON.parse(this.text) as unknown;
    } catch {
      throw invalidRequest('The body is not JSON');
    }
  }

  body(): Shape {
    return Shape.of(this.data());
  }
}
