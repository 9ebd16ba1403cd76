import { MalformedAnswer } from '../kit/json.js';

/** Members that the documents name differently, whatever the case of their letters. */
const otherNames: Readonly<Record<string, string>> = { postalCode: 'postCode' };

/**
 * A parsed tree with its members in the one spelling of the TPP API. Tribe's documents write the same member in camelCase and in
 * snake_case (`paymentId`, `payment_id`); both are received. Both at once are one only where they say the same.
 * @throws MalformedAnswer
 */
export function inOneSpelling(tree: unknown, path = ''): unknown {
  if (Array.isArray(tree)) return tree.map((item, index) => inOneSpelling(item, `${path}[${index}]`));
  if (!isPlainObject(tree)) return tree;
  const members = new Map<string, unknown>();
  for (const [name, value] of Object.entries(tree)) {
    const ours = spelt(name);
    const at = path === '' ? ours : `${path}.${ours}`;
    const member = inOneSpelling(value, at);
    if (members.has(ours) && JSON.stringify(members.get(ours)) !== JSON.stringify(member)) {
      throw new MalformedAnswer(at, 'the same in both of its spellings');
    }
    members.set(ours, member);
  }
  return Object.fromEntries(members);
}

function spelt(name: string): string {
  // What the wire calls `_links` is no private member here.
  const camel = name
    .replace(/^_(?=[a-z])/, '')
    .replaceAll(/(?<=[A-Za-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(otherNames, camel) ? (otherNames[camel] ?? camel) : camel;
}

/** Numbers that keep their text are objects too, of a class of their own. */
function isPlainObject(tree: unknown): tree is Readonly<Record<string, unknown>> {
  return typeof tree === 'object' && tree !== null && Object.getPrototypeOf(tree) === Object.prototype;
}
