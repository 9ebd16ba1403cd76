import html from 'html-template-tag';
import { page, safePath } from './kit/page.js';
import type { Upstream } from './kit/upstream.js';

/** What stands at `/`: where people find the pages of each simulated upstream. */
export function indexPage(upstreams: readonly Upstream[]): string {
  const items = upstreams.map(({ label, pages }) => {
    const links = pages.map(({ path, title }) => html`<a href="$${safePath(path)}">${title}</a>`);
    return html`<h2>${label}</h2>
      <p>$${links.length > 0 ? links.join(', ') : 'Its pages open on the way of a consent or a payment.'}</p>`;
  });
  return page({
    site: 'Sandbox',
    title: 'Simulated upstreams',
    body: items.join(''),
    foot: 'No real banks, no real money.',
  });
}
