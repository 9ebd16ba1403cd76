import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { MalformedAnswer } from './json.js';
import { storable } from './storable.js';

/** An element of an XML document. Names are local ones: an upstream may choose its namespace prefixes. */
export interface XmlElement {
  readonly name: string;
  /** Its text without surrounding blanks; undefined where there is none. */
  readonly text: string | undefined;
  /** What stands between its tags, as it was written; only of elements that were parsed as opaque. */
  readonly source: string;
  /** Grouped by name. */
  readonly children: readonly XmlElement[];
  attribute(name: string): string | undefined;
  /** The first element along a path of names. */
  at(...path: readonly string[]): XmlElement | undefined;
  /** All elements of that name right below. */
  all(name: string): readonly XmlElement[];
}

type Node = Readonly<Record<string, unknown>>;

const textName = '#text';
const attributePrefix = '@';

/**
 * Parses a document. Texts stay texts (no numbers, so no binary fractions), entities of a DOCTYPE are not expanded beyond one
 * character, and a lone `&`, which banks write into names, is read as itself.
 * @param opaque names of elements whose content is kept as text, to be parsed one by one: what is wrong in one hides no other
 * @throws MalformedAnswer
 */
export function parseXml(xml: string, opaque: readonly string[] = []): XmlElement {
  const root = parse(xml, opaque);
  const rest = without(xml, sourcesIn(root, new Set(opaque)));
  // The parser reads on where a tag is not closed: half a document would pass for a whole one.
  if (XMLValidator.validate(withoutLoneAmpersands(rest)) !== true) throw notXml();
  return root;
}

function parse(xml: string, opaque: readonly string[]): XmlElement {
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
    // Character references (`&#252;`) are decoded under this name only.
    htmlEntities: true,
    processEntities: { enabled: true, maxEntitySize: 1, maxEntityCount: 1, maxExpandedLength: Infinity },
    stopNodes: opaque.map((name) => `..${name}`),
  });
  try {
    const [root, ...others] = childrenOf(parser.parse(xml) as Node);
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
  if (opaque.size === 0) return [];
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

function childrenOf(node: Node): readonly XmlElement[] {
  return Object.entries(node).flatMap(([name, value]) =>
    Array.isArray(value) && name !== textName ? value.map((child) => element(name, child as Node)) : [],
  );
}

function element(name: string, node: Node): XmlElement {
  const words = node[textName];
  const source = typeof words === 'string' ? storable(words) : '';
  const all = (child: string): readonly XmlElement[] => {
    const found = Object.hasOwn(node, child) && child !== textName ? node[child] : undefined;
    return Array.isArray(found) ? found.map((item) => element(child, item as Node)) : [];
  };
  return {
    name,
    source,
    get children() {
      return childrenOf(node);
    },
    text: source.trim() === '' ? undefined : source.trim(),
    attribute: (attribute) => {
      const value = node[`${attributePrefix}${attribute}`];
      return typeof value === 'string' ? storable(value) : undefined;
    },
    all,
    at: (...[first, ...rest]) => {
      const child = first === undefined ? undefined : all(first)[0];
      return rest.length === 0 ? child : child?.at(...rest);
    },
  };
}
