import type { X509Certificate } from 'node:crypto';
import { Shape } from '../kit/shape.js';
import type { Fault } from '../kit/faults.js';
import type { Bank } from './bank.js';
import type { BankFault } from './bank.js';
import type { Links } from './links.js';
import { organisationOf, readCertificate } from '../kit/pki/certificate.js';
import type { ReceivedBody } from './received-body.js';
import { TppError, formatError } from './tpp-error.js';
import { UUID } from './uuid.js';

/** What a call has by its connection. */
export interface CallConnection {
  /** The TLS client's certificate; undefined by plain HTTP, or when the client has none. */
  clientCertificate?: X509Certificate | undefined;
  encrypted: boolean;
  /** Method and path with query, as signatures cover them: `post /xs2a/v1/consents`. */
  requestTarget: string;
  /** Issuers of TPP certificates whom the sandbox trusts. */
  anchors: readonly X509Certificate[];
}

/** The TPP of calls without a certificate: the demo client of the authorisation server. */
const NAMELESS_TPP = 'PSDDE-BAFIN-123456';

/** One request to the XS2A interface, with the answers to what every endpoint asks. */
export class Call {
  constructor(
    readonly bank: Bank,
    readonly links: Links,
    readonly params: Readonly<Record<string, string>>,
    private readonly headers: Readonly<Record<string, string | string[] | undefined>>,
    private readonly queries: Readonly<Record<string, unknown>>,
    readonly received: ReceivedBody,
    /** Faults of the bank (not of the wire) that strike this call. */
    readonly faults: readonly Fault<BankFault>[],
    private readonly connection: CallConnection,
  ) {}

  /** The body as text; empty without one. */
  get text(): string {
    return this.received.bytes.toString('utf8');
  }

  header(name: string): string | undefined {
    const value = this.headers[name.toLowerCase()];
    const text = Array.isArray(value) ? value.join(', ') : value;
    return text === undefined || text === '' ? undefined : text;
  }

  param(name: string): string {
    return this.params[name] ?? '';
  }

  query(name: string): string | undefined {
    const value = this.queries[name];
    if (value !== undefined && typeof value !== 'string') {
      throw formatError(name, 'must be given once');
    }
    return value;
  }

  queryNames(): string[] {
    return Object.keys(this.queries);
  }

  fault(kind: BankFault): Fault<BankFault> | undefined {
    return this.faults.find((fault) => fault.kind === kind);
  }

  /** The UUID of X-Request-ID. */
  get requestId(): string {
    const id = this.header('X-Request-ID');
    if (id === undefined || !UUID.test(id)) {
      throw formatError('X-Request-ID', id === undefined ? 'is missing' : 'must be a UUID');
    }
    return id;
  }

  /** The JSON body; undefined when there is none. */
  json(): unknown {
    if (this.text.trim() === '') {
      return undefined;
    }
    const type = this.mediaType() || 'application/json';
    if (type !== 'application/json') {
      throw new TppError(415, 'UNSUPPORTED_MEDIA_TYPE', `send application/json, not ${type}`, 'Content-Type');
    }
    try {
      return JSON.parse(this.text) as unknown;
    } catch {
      throw formatError('', 'the body is not JSON');
    }
  }

  /** The XML body. */
  xml(): string {
    const type = this.mediaType();
    if (type !== 'application/xml' && type !== 'text/xml') {
      throw new TppError(415, 'UNSUPPORTED_MEDIA_TYPE', `send application/xml, not ${type}`, 'Content-Type');
    }
    return this.text;
  }

  /** One part of a multipart/form-data body. */
  part(name: string): string {
    const type = this.mediaType();
    if (type !== 'multipart/form-data') {
      throw new TppError(415, 'UNSUPPORTED_MEDIA_TYPE', `send multipart/form-data, not ${type}`, 'Content-Type');
    }
    const part = this.received.parts?.get(name);
    if (part === undefined) {
      throw formatError(name, this.received.parts ? 'is missing' : 'cannot be read: the multipart body is broken');
    }
    return part;
  }

  /** The fields of a posted form; a body of another kind has none. */
  form(): URLSearchParams {
    const type = this.mediaType();
    return new URLSearchParams(type === 'application/x-www-form-urlencoded' ? this.text : '');
  }

  body(): Shape {
    const value = this.json();
    if (value === undefined) {
      throw formatError('', 'a JSON body is missing');
    }
    return Shape.of(value);
  }

  /**
   * Who calls: the organisation in the certificate that the TPP shows in the header or by TLS, so that a renewed
   * certificate is the same TPP. MockBank asks for none, so without one all callers are the same TPP.
   */
  get tpp(): string {
    const header = this.header('TPP-Signature-Certificate');
    const certificate = header === undefined ? this.connection.clientCertificate : readCertificate(header);
    return (certificate && organisationOf(certificate)) ?? header ?? NAMELESS_TPP;
  }

  get clientCertificate(): X509Certificate | undefined {
    return this.connection.clientCertificate;
  }

  get encrypted(): boolean {
    return this.connection.encrypted;
  }

  get requestTarget(): string {
    return this.connection.requestTarget;
  }

  get anchors(): readonly X509Certificate[] {
    return this.connection.anchors;
  }

  /** True while the PSU takes part: PSU-IP-Address is sent if and only if the PSU started the call. */
  get attended(): boolean {
    return this.header('PSU-IP-Address') !== undefined;
  }

  private mediaType(): string {
    return (this.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  }
}
