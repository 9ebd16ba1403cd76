import type { Hrefs } from './links.js';
import type { Profile } from './profile.js';

/**
 * A refusal in the words of Berlin Group NextGenPSD2 (Implementation Guidelines, section "Additional Error Information"):
 * `code` is a message code such as FORMAT_ERROR; HTTP status and code count together.
 */
export class TppError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly text: string,
    readonly path?: string,
    /** Where the TPP can go on, such as another try with the password. */
    readonly links?: Hrefs,
  ) {
    super(text);
  }

  body(style: Profile['errors']): Record<string, unknown> {
    const path = this.path === undefined || this.path === '' ? {} : { path: this.path };
    const links = this.links === undefined ? {} : { _links: this.links };
    if (style === 'problem') {
      return { type: `urn:mockbank:${this.code}`, title: this.code, detail: this.text, code: this.code, ...links };
    }
    return { tppMessages: [{ category: 'ERROR', code: this.code, ...path, text: this.text }], ...links };
  }
}

/** 400 FORMAT_ERROR: a field or header that is not as agreed. */
export function formatError(path: string, problem: string): TppError {
  return new TppError(400, 'FORMAT_ERROR', path === '' ? problem : `${path} ${problem}`, path);
}
