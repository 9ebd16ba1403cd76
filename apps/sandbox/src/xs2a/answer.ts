/** What an endpoint says; the road in endpoint.ts adds X-Request-ID and the faults. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** JSON, or a text with its own content type. */
  body?: unknown;
}
