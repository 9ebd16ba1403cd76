/** An element of an XML document; names are local, the namespace stands apart. */
export interface XmlElement {
  name: string;
  namespace: string;
  attributes: ReadonlyMap<string, string>;
  children: readonly XmlElement[];
  /** The text directly inside, without that of children. */
  text: string;
}

/** Not well-formed, or something that a message has no need of (a DTD, an unknown entity). */
export class XmlError extends Error {}

const NAME = String.raw`[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?`;
const TOKEN = new RegExp(
  String.raw`<!--(?<comment>[\s\S]*?)-->|<!\[CDATA\[(?<cdata>[\s\S]*?)\]\]>|<\?[\s\S]*?\?>|` +
    String.raw`</(?<close>${NAME})\s*>|<(?<open>${NAME})(?<attributes>(?:\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>/?)>|` +
    String.raw`(?<text>[^<]+)`,
  'y',
);
const ATTRIBUTE = new RegExp(String.raw`(${NAME})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')`, 'g');
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const DEEPEST = 64;

interface OpenElement {
  qualifiedName: string;
  element: XmlElement & { children: XmlElement[] };
  prefixes: ReadonlyMap<string, string>;
}

/**
 * Reads a whole document strictly. No DTD and so no entities of its own: those are the doors of XML attacks and no
 * financial message has them. Written here because the simulator judges messages: a lenient reader would let unknown
 * entities and undeclared prefixes pass.
 * @throws XmlError saying where it broke.
 */
export function parseXml(source: string): XmlElement {
  const text = source.replace(/^\uFEFF/, '');
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) {
      throw new XmlError(`not well-formed at character ${at}`);
    }
    const parent = open.at(-1);
    if (groups['open'] !== undefined) {
      if ((!parent && root) || open.length >= DEEPEST) {
        throw new XmlError(`an element too many at character ${at}`);
      }
      const opened = openElement(groups['open'], groups['attributes'] ?? '', parent?.prefixes ?? new Map());
      root ??= opened.element;
      parent?.element.children.push(opened.element);
      if (groups['empty'] === '') {
        open.push(opened);
      }
    } else if (groups['close'] !== undefined) {
      if (open.pop()?.qualifiedName !== groups['close']) {
        throw new XmlError(`</${groups['close']}> closes nothing at character ${at}`);
      }
    } else if (groups['text'] !== undefined || groups['cdata'] !== undefined) {
      addText(parent, groups['cdata'] ?? decode(groups['text'] ?? ''), at);
    }
  }
  if (!root || open.length > 0) {
    throw new XmlError('the document ends too early');
  }
  return root;
}

/** The first child of that name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text below a path of names, such as `GrpHdr/MsgId`. */
export function textAt(element: XmlElement | undefined, path: string): string | undefined {
  return path.split('/').reduce<XmlElement | undefined>(childOf, element)?.text.trim();
}

/** A text for an element's content or an attribute's value. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Writes an element; `content` is a text, or made of elements. Undefined content writes nothing. */
export function xml(name: string, content: string | readonly string[] | undefined, attributes = ''): string {
  if (content === undefined) {
    return '';
  }
  const inside = typeof content === 'string' ? escapeXml(content) : content.join('');
  return `<${name}${attributes}>${inside}</${name}>`;
}

function openElement(qualifiedName: string, source: string, inherited: ReadonlyMap<string, string>): OpenElement {
  const attributes = new Map<string, string>();
  const prefixes = new Map(inherited);
  for (const [, name = '', double, single] of source.matchAll(ATTRIBUTE)) {
    if (attributes.has(name)) {
      throw new XmlError(`attribute ${name} stands twice`);
    }
    const value = decode(double ?? single ?? '');
    attributes.set(name, value);
    if (name === 'xmlns' || name.startsWith('xmlns:')) {
      prefixes.set(name.slice(6), value);
    }
  }
  const [local = '', prefix = ''] = qualifiedName.split(':').toReversed();
  if (prefix !== '' && !prefixes.has(prefix)) {
    throw new XmlError(`prefix ${prefix} is not declared`);
  }
  const namespace = prefixes.get(prefix) ?? '';
  return { qualifiedName, prefixes, element: { name: local, namespace, attributes, children: [], text: '' } };
}

function addText(parent: OpenElement | undefined, text: string, at: number): void {
  if (parent) {
    parent.element.text += text;
  } else if (text.trim() !== '') {
    throw new XmlError(`text outside of the document at character ${at}`);
  }
}

function decode(text: string): string {
  return text.replaceAll(/&([^;&\s]{0,12});?/g, (whole, name: string) => {
    const code = /^#x([0-9a-fA-F]+)$/.exec(name)?.[1];
    const number = code === undefined ? Number(/^#(\d+)$/.exec(name)?.[1] ?? Number.NaN) : Number.parseInt(code, 16);
    const character = Number.isNaN(number) || number > 0x10_ffff ? ENTITIES[name] : String.fromCodePoint(number);
    if (character === undefined || !whole.endsWith(';')) {
      throw new XmlError(`${whole} is no entity`);
    }
    return character;
  });
}
