import { MalformedAnswer } from './json.js';

/** Resolves an href for a call of our own. The transport refuses origins that are not configured (SSRF). */
export function resolveLink(href: string, base: URL, path: string): URL {
  if (!URL.canParse(href, base.href)) throw new MalformedAnswer(path, 'a URL');
  return new URL(href, base.href);
}

/**
 * Checks an href that only the PSU's browser will open: any host, since banks have their login pages elsewhere, but http(s) and
 * without credentials in it. Given back as the upstream wrote it where it is absolute.
 */
export function browserLink(href: string, base: URL, path: string): string {
  const url = resolveLink(href, base, path);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new MalformedAnswer(path, 'a link that a browser can open');
  }
  return URL.canParse(href) ? href : url.href;
}
