import { createHmac, randomBytes } from 'node:crypto';
import { constantTimeEqual } from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { styleSource } from './bank-page.style.js';

const form = /^[\w-]{43}$/;
const longestSeconds = 3_600;

/**
 * A customer's browser, known by a random cookie: forms have to bring a value that only pages shown in the same browser
 * have, which another site can neither read nor guess.
 */
export class Browser {
  private constructor(
    readonly secret: string,
    private readonly isNew: boolean,
    private readonly secure: boolean,
  ) {}

  /** @param publicUrl how browsers reach us: over https the cookie is for this host and never sent in clear */
  static of(request: FastifyRequest, publicUrl: string): Browser {
    const secure = publicUrl.startsWith('https:');
    const found = cookies(request).get(cookieName(secure));
    return found !== undefined && form.test(found)
      ? new Browser(found, false, secure)
      : new Browser(randomBytes(32).toString('base64url'), true, secure);
  }

  /** The value that forms of a page carry. */
  csrf(page: string): string {
    return createHmac('sha256', this.secret).update(page).digest('base64url');
  }

  /** Whether a form comes from a page of ours in this very browser. */
  sent(request: FastifyRequest, page: string, csrf: string): boolean {
    const site = request.headers['sec-fetch-site'];
    const ours = site === undefined || site === 'same-origin' || site === 'none';
    return ours && !this.isNew && constantTimeEqual(csrf, this.csrf(page));
  }

  /** Headers of every page: kept nowhere, in no frame, with no script, styled by us only. */
  protect(reply: FastifyReply): FastifyReply {
    // Lax: the browser comes here from the hub, and back from the bank's login.
    const cookie = [
      `${cookieName(this.secure)}=${this.secret}`,
      'Path=/',
      'HttpOnly',
      'SameSite=Lax',
      `Max-Age=${longestSeconds}`,
      ...(this.secure ? ['Secure'] : []),
    ];
    return reply
      .header('set-cookie', cookie.join('; '))
      .header('cache-control', 'no-store')
      .header('x-frame-options', 'DENY')
      .header('cross-origin-opener-policy', 'same-origin')
      .header('content-security-policy', contentPolicy(this.secure));
  }
}

/** A decision ends with a redirect out of the form, to the hub and on to the TPP: any web address, but nothing else. */
function contentPolicy(secure: boolean): string {
  const exits = secure ? "'self' https:" : "'self' https: http:";
  return [
    "default-src 'none'",
    `style-src ${styleSource}`,
    `form-action ${exits}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const cookieName = (secure: boolean): string => (secure ? '__Host-tributary_bank' : 'tributary_bank');

function cookies({ headers }: FastifyRequest): ReadonlyMap<string, string> {
  const pairs = (headers.cookie ?? '').split(';').map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=');
    return [name.trim(), value.join('=').trim()];
  });
  return new Map(pairs);
}
