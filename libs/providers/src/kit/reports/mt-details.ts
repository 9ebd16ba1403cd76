import type { TransactionSnapshot } from '@tributary/domain';
import { ibanIn } from './report.js';

/** What an `:86:` says about its entry. */
export interface MtDetails {
  readonly counterparty: TransactionSnapshot['counterparty'];
  readonly unstructured: readonly string[];
  readonly endToEndId?: string | undefined;
  /** Business transaction code (Geschäftsvorfallcode), three digits. */
  readonly businessCode?: string | undefined;
}

/** Columns of a line, and of a sub-field: a word that reaches the end may go on in the next one. */
const lineWidth = 65;
const subfieldWidth = 27;

/** `166?00...`: three digits, and the separator of the sub-fields. */
const structured = /^(\d{3})([^\sA-Za-z0-9])(?=\d\d)/;
const remittanceCodes = ['20', '21', '22', '23', '24', '25', '26', '27', '28', '29', '60', '61', '62', '63'];
/** At the start of a sub-field: what follows is of this kind. */
const keyword = /^(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+(.*)$/;

/**
 * Reads an `:86:` in the structure of German and Austrian banks (DFÜ-Abkommen, Anlage 3, section 8: MT940, field 86); any other is text, in the
 * lines that it was written in.
 */
export function readDetails(lines: readonly string[]): MtDetails {
  const whole = lines.join('');
  const [, businessCode, separator] = structured.exec(whole) ?? [];
  if (businessCode === undefined || separator === undefined) {
    return { counterparty: {}, unstructured: unwrapped(lines) };
  }
  const subfields = subfieldsIn(whole.slice(3), separator);
  const ofCodes = (codes: readonly string[]) => subfields.filter(({ code }) => codes.includes(code));
  const sections = sectionsOf(ofCodes(remittanceCodes));
  const words = joined(sections.get('SVWZ') ?? sections.get('') ?? ofCodes(['00']));
  return {
    counterparty: { name: joined(ofCodes(['32', '33'])) || undefined, account: accountOf(joined(ofCodes(['31']))) },
    unstructured: words === '' ? [] : [words],
    endToEndId: joined(sections.get('EREF') ?? []).replaceAll(/\s/g, '') || undefined,
    businessCode,
  };
}

interface Subfield {
  readonly code: string;
  readonly words: string;
  /** Nothing more fits in: the next one goes on in the middle of a word. */
  readonly full: boolean;
}

function subfieldsIn(content: string, separator: string): readonly Subfield[] {
  const known = new RegExp(`\\${separator}(00|10|2\\d|3[0-4]|6[0-3])`);
  // A split by a group gives the text before the first one, then code and words in turn.
  const [, ...parts] = content.split(known);
  return parts.flatMap((code, index) => {
    const words = parts[index + 1] ?? '';
    return index % 2 === 0 ? [{ code, words, full: words.length >= subfieldWidth }] : [];
  });
}

/** The remittance by its keywords; '' is what stands before the first one. */
function sectionsOf(subfields: readonly Subfield[]): ReadonlyMap<string, readonly Subfield[]> {
  const sections = new Map<string, Subfield[]>();
  let current = '';
  for (const subfield of subfields) {
    const [, name = current, words = subfield.words] = keyword.exec(subfield.words) ?? [];
    current = name;
    const section = sections.get(name);
    if (section) section.push({ ...subfield, words });
    else sections.set(name, [{ ...subfield, words }]);
  }
  return sections;
}

function joined(subfields: readonly Subfield[]): string {
  return subfields
    .map(({ words, full }) => (full ? words : `${words} `))
    .join('')
    .trim();
}

/** Lines as they were before they were cut to the width of the message. */
function unwrapped(lines: readonly string[]): readonly string[] {
  const whole: string[] = [];
  let goesOn = false;
  for (const line of lines) {
    if (goesOn) whole.push(`${whole.pop() ?? ''}${line}`);
    else whole.push(line);
    goesOn = line.length >= lineWidth;
  }
  return whole.map((line) => line.trim()).filter((line) => line !== '');
}

function accountOf(words: string): TransactionSnapshot['counterparty']['account'] {
  const iban = ibanIn(words);
  if (iban !== undefined) return { scheme: 'iban', value: iban };
  const value = words.replaceAll(/\s/g, '');
  return value === '' ? undefined : { scheme: 'bban', value };
}
