import { MalformedAnswer } from '../kit/json.js';
import { browserLink, resolveLink } from '../kit/links.js';
import type { Xs2aSettings } from './settings.js';
import type { WireLinks } from './wire.js';

/** Links of an answer by name, resolved to absolute URLs. They are followed as given, queries included, never built. */
export type Links = Readonly<Record<string, string>>;

/** Origins that we call for this bank: its own, and those that the settings name. */
export function trustedOrigins({ baseUrl, trustedOrigins: further = [], oauth }: Xs2aSettings): ReadonlySet<string> {
  const urls = [baseUrl, ...further, oauth?.tokenUrl, oauth?.metadataUrl];
  return new Set(urls.filter((url) => url !== undefined).map((url) => new URL(url).origin));
}

const noOrigins: ReadonlySet<string> = new Set();
const originsOf = new WeakMap<Xs2aSettings, ReadonlySet<string>>();

/** The same, once per connection: every answer with links asks for them. */
function knownOrigins(settings: Xs2aSettings): ReadonlySet<string> {
  const known = originsOf.get(settings) ?? trustedOrigins(settings);
  originsOf.set(settings, known);
  return known;
}

/**
 * Resolves the links of an answer. One that leads our own calls to a foreign host, or a browser to something that is no web page, is
 * left out and named in `refused`: the rest of the answer still counts. The profile can rename links, or have them ignored.
 */
export function readLinks(
  wire: WireLinks,
  requestUrl: URL,
  settings: Xs2aSettings,
): { readonly links: Links; readonly refused: readonly string[] } {
  const { linkNames = {}, ignoredLinks = [] } = settings.profile ?? {};
  const links: Record<string, string> = {};
  const refused: string[] = [];
  const origins = wire === undefined ? noOrigins : knownOrigins(settings);
  for (const [theirs, href] of Object.entries(wire ?? {})) {
    const name = Object.hasOwn(linkNames, theirs) ? (linkNames[theirs] ?? theirs) : theirs;
    if (href === undefined || ignoredLinks.includes(name)) continue;
    try {
      links[name] = resolve(name, href, requestUrl, settings, origins);
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error;
      refused.push(name);
    }
  }
  return { links, refused };
}

function resolve(
  name: string,
  href: string,
  requestUrl: URL,
  { baseUrl, linkBase }: Xs2aSettings,
  origins: ReadonlySet<string>,
): string {
  const path = `_links.${name}`;
  const relative = !URL.canParse(href);
  // "Relative to the base": appended to it, with or without a slash in front. `//host/path` stays what it is: another host.
  const toBase = linkBase === 'baseUrl' && relative && !href.startsWith('//');
  const base = toBase ? new URL(`${baseUrl.replace(/\/+$/, '')}/`) : requestUrl;
  const target = toBase ? href.replace(/^\/+/, '') : href;
  if (name === 'scaRedirect') return browserLink(target, base, path);
  const url = resolveLink(target, base, path);
  if (!origins.has(url.origin)) throw new MalformedAnswer(path, 'on a host of the institution');
  return url.href;
}

/** The last path segment of a link, before its query: banks leave out ids that their links hold. */
export function lastSegment(link: string | undefined): string | undefined {
  if (link === undefined) return undefined;
  const segment = new URL(link).pathname.split('/').findLast((part) => part !== '');
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign: the bank's own spelling is as good a name as any.
    return segment;
  }
}
