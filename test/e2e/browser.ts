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

/** Sends a form of a page, the first unless another is named, with what the PSU entered. */
export async function submit(
  page: Shown,
  fields: Readonly<Record<string, string>>,
  which: 'first' | 'last' = 'first',
): Promise<Shown> {
  const actions = [...page.html.matchAll(/<form[^>]*\baction="([^"]*)"/g)].map(([, action]) => action);
  const action = actions.at(which === 'first' ? 0 : -1);
  if (action === undefined) throw new Error(`There is no form on ${page.url} (HTTP ${page.status}): ${words(page)}`);
  const url = new URL(action.replaceAll('&amp;', '&'), page.url).href;
  return show(url, await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) }));
}

function words({ html }: Shown): string {
  return html.replaceAll(/<style[\s\S]*?<\/style>|<[^>]*>|\s+/g, ' ').replaceAll(/ {2,}/g, ' ');
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
