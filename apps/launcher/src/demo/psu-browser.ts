/** What a PSU knows and decides. */
export interface PsuAnswers {
  readonly username: string;
  readonly password: string;
  readonly code: string;
  readonly decision: 'confirm' | 'refuse';
}

interface Form {
  readonly action: string;
  readonly fields: URLSearchParams;
  readonly names: ReadonlySet<string>;
  readonly html: string;
}

const mostPages = 12;

/**
 * Plays the PSU's browser at a simulated bank: follows redirects, fills in each page's first form, and stops where the
 * browser would leave for an address that begins with `until`.
 * @returns that address
 */
export async function walk(start: string, until: string, answers: PsuAnswers): Promise<string> {
  let url = start;
  let form: URLSearchParams | null = null;
  const cookies = new Map<string, string>();
  for (let page = 0; page < mostPages; page += 1) {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      signal: AbortSignal.timeout(15_000),
      ...(form && { body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const text = await response.text();
    if (location !== null) {
      url = new URL(location, url).href;
      form = null;
      if (url.startsWith(until)) return url;
      continue;
    }
    const next = firstForm(text);
    if (!next) {
      const words = text
        .replaceAll(/<style[\s\S]*?<\/style>|<[^>]*>|\s+/g, ' ')
        .replaceAll(/ {2,}/g, ' ')
        .trim();
      throw new Error(`the bank's page at ${new URL(url).pathname} (${response.status}) has no form: ${words}`);
    }
    form = fillIn(next, answers);
    url = new URL(next.action, url).href;
  }
  throw new Error(`still at the bank after ${mostPages} pages`);
}

function fillIn({ fields, names, html }: Form, answers: PsuAnswers): URLSearchParams {
  const filled = new URLSearchParams(fields);
  for (const name of ['username', 'password', 'code'] as const) if (names.has(name)) filled.set(name, answers[name]);
  // A page with a decision but nothing to type is the one where the PSU says yes or no.
  if (names.has('decision') && /value="(confirm|approve)"/.test(html)) filled.set('decision', answers.decision);
  // tell.connect asks to be accepted; the hosted pages of Token.io only lead on to the bank.
  if (names.has('decision') && html.includes('value="accept"'))
    filled.set('decision', { confirm: 'accept', refuse: 'decline' }[answers.decision]);
  if (names.has('decision') && html.includes('value="continue"')) filled.set('decision', 'continue');
  // The pages of our own bank desk name their buttons so.
  if (names.has('act'))
    filled.set('act', names.has('code') ? 'login' : { confirm: 'approve', refuse: 'refuse' }[answers.decision]);
  return filled;
}

/** Enough of HTML for the sandbox's own pages: server-rendered forms without scripts. */
function firstForm(html: string): Form | null {
  const [whole, attributes = '', content = ''] = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html) ?? [];
  if (whole === undefined) return null;
  const fields = new URLSearchParams();
  const names = new Set<string>();
  for (const [tag] of content.matchAll(/<(?:input|button|select)\b[^>]*>/gi)) {
    const name = attribute(tag, 'name');
    if (name === null) continue;
    names.add(name);
    const checked = /\bchecked\b/i.test(tag);
    const type = attribute(tag, 'type');
    if (type === 'hidden' || type === 'checkbox' || checked) fields.append(name, attribute(tag, 'value') ?? 'on');
  }
  return { action: attribute(attributes, 'action') ?? '', fields, names, html: content };
}

function attribute(tag: string, name: string): string | null {
  const value = new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  return value === undefined
    ? null
    : value.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#x3D;', '=');
}
