/** A page, or where the server sends the browser on to. */
export interface Shown {
  readonly status: number;
  readonly url: string;
  readonly html: string;
  readonly location: string | null;
}

/** The PSU's browser, as far as forms and redirects go: it follows nothing by itself. */
export async function open(url: string): Promise<Shown> {
  return show(url, await fetch(url, { redirect: 'manual', headers: { 'user-agent': 'Mozilla/5.0 (spec)' } }));
}

/** Sends the first form of a page, with what the PSU entered. */
export async function submit(page: Shown, fields: Readonly<Record<string, string>>): Promise<Shown> {
  const action = /<form[^>]*\baction="([^"]*)"/.exec(page.html)?.[1];
  if (action === undefined) throw new Error(`There is no form on ${page.url} (HTTP ${page.status}).`);
  const url = new URL(action.replaceAll('&amp;', '&'), page.url).href;
  return show(url, await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) }));
}

/** Follows a redirect. */
export async function follow(page: Shown): Promise<Shown> {
  if (page.location === null) throw new Error(`${page.url} leads nowhere (HTTP ${page.status}).`);
  return open(page.location);
}

async function show(url: string, response: Response): Promise<Shown> {
  const location = response.headers.get('location');
  return {
    status: response.status,
    url,
    html: await response.text(),
    location: location === null ? null : new URL(location, url).href,
  };
}
