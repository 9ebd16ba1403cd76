import type { Profile } from './profile.js';

export type Hrefs = Record<string, { href: string }>;

/** Writes the links of one answer in the bank's style. */
export class Links {
  constructor(
    /** Such as `http://localhost:4000`. */
    private readonly origin: string,
    /** Such as `/xs2a` or `/xs2a@hung`. */
    readonly prefix: string,
    private readonly style: Profile['links'],
  ) {}

  /** A link into the API; `path` begins with `/v1/`. */
  api(path: string): { href: string } {
    switch (this.style) {
      case 'absolute':
        return { href: this.absolute(path) };
      case 'host':
        return { href: this.prefix + path };
      case 'base':
        return { href: path };
    }
  }

  /** For browsers and for the OAuth server: always with host. */
  absolute(path: string): string {
    return this.origin + this.prefix + path;
  }
}
