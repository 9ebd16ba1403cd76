/** What goes back to the caller. A body that is a text goes as it is, anything else as JSON. */
export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  /** The bank is still thinking: wait so long, then make the answer of what is known by then. */
  wait?: { ms: number; answer: () => Answer };
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}
