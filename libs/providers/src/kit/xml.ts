import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { MalformedAnswer } from './json.js';
import { storable } from './storable.js';

type Node = Readonly<Record<string, unknown>>;

const textName = '#text';
const attributePrefix = '@';

/** An element of an XML document. Names are local ones: an upstream may choose its namespace prefixes. */
export class XmlElement {
  constructor(
    readonly name: string,
    private readonly node: Node,
  ) {}

  /** What stands between its tags, as it was written; only of elements that were parsed as opaque. */
  get source(): string {
    const words = this.node[textName];
    return typeof words === 'string' ? storable(words) : '';
  }

  /** Its text without surrounding blanks; undefined where there is none. */
  get text(): string | undefined {
    const words = this.source.trim();
    return words === '' ? undefined : words;
  }

  attribute(name: string): string | undefined {
    const value = this.node[`${attributePrefix}${name}`];
    return typeof value === 'string' ? storable(value) : undefined;
  }

  /** The first element along a path of names. */
  at(...path: readonly string[]): XmlElement | undefined {
    let found: XmlElement | undefined = path.length === 0 ? undefined : this;
    for (const name of path) {
      const [node] = found?.nodes(name) ?? [];
      found = node && new XmlElement(name, node);
    }
    return found;
  }

  /** All elements of that name right below. */
  all(name: string): readonly XmlElement[] {
    return this.nodes(name).map((node) => new XmlElement(name, node));
  }

  /** All elements right below, grouped by name. */
  get children(): readonly XmlElement[] {
    return Object.keys(this.node).flatMap((name) => this.all(name));
  }

  private nodes(name: string): readonly Node[] {
    const found = Object.hasOwn(this.node, name) && name !== textName ? this.node[name] : undefined;
    return Array.isArray(found) ? (found as readonly Node[]) : [];
  }
}

const namedCharacters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Decodes references to characters (XML 1.0 section 4.1). What a DOCTYPE declares is none: nothing grows out of a document. */
const decoder = {
  decode: (text: string): string =>
    text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g, (words, decimal, hex, name) => {
      if (typeof name === 'string') return namedCharacters[name] ?? words;
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : words;
    }),
  setExternalEntities: () => undefined,
  addInputEntities: () => undefined,
  reset: () => undefined,
  setXmlVersion: () => undefined,
};

const parsers = new Map<string, XMLParser>();

function parserFor(opaque: readonly string[]): XMLParser {
  const key = opaque.join(' ');
  const known = parsers.get(key);
  if (known) return known;
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: attributePrefix,
    textNodeName: textName,
    alwaysCreateTextNode: true,
    isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
    removeNSPrefix: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    entityDecoder: decoder,
    stopNodes: opaque.map((name) => `..${name}`),
  });
  parsers.set(key, parser);
  return parser;
}

/**
 * Parses a document. Texts stay texts (no numbers, so no binary fractions), what a DOCTYPE declares is not expanded, and a lone `&`,
 * which banks write into names, is read as itself.
 * @param opaque names of elements whose content is kept as text, to be parsed one by one: what is wrong in one hides no other
 * @throws MalformedAnswer
 */
export function parseXml(xml: string, opaque: readonly string[] = []): XmlElement {
  const root = rootOf(xml, parserFor(opaque));
  const rest = opaque.length === 0 ? xml : without(xml, sourcesIn(root, new Set(opaque)));
  // The parser reads on where a tag is not closed: half a document would pass for a whole one.
  if (XMLValidator.validate(withoutLoneAmpersands(rest)) !== true) throw notXml();
  return root;
}

function rootOf(xml: string, parser: XMLParser): XmlElement {
  try {
    const [root, ...others] = new XmlElement('', parser.parse(xml) as Node).children;
    if (root !== undefined && others.length === 0) return root;
  } catch {
    // The parser's own messages quote the text.
  }
  throw notXml();
}

const notXml = (): MalformedAnswer => new MalformedAnswer('', 'well-formed XML');

const withoutLoneAmpersands = (xml: string): string => xml.replace(/&(?!#?\w+;)/g, '');

/** What stands in opaque elements, in the order of the document. */
function sourcesIn({ name, source, children }: XmlElement, opaque: ReadonlySet<string>): readonly string[] {
  return opaque.has(name) ? [source] : children.flatMap((child) => sourcesIn(child, opaque));
}

/** A document without some parts of it. */
function without(xml: string, parts: readonly string[]): string {
  let rest = '';
  let from = 0;
  for (const part of parts) {
    const at = part === '' ? -1 : xml.indexOf(`>${part}</`, from);
    if (at < 0) continue;
    rest += xml.slice(from, at + 1);
    from = at + 1 + part.length;
  }
  return rest + xml.slice(from);
}
