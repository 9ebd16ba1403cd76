import type { Transaction } from '../customer.js';

/** Columns of a line of field 86, lines of it, and characters of one of its subfields (DFÜ agreement, appendix 3). */
const COLUMNS = 65;
const LINES = 6;
const SUBFIELD = 27;
const PURPOSE_SUBFIELDS = [...range(20, 29), ...range(60, 63)];

/** Business transaction codes (GVC) with their booking texts, by the end of the ISO bank transaction code. */
const CODES: Readonly<Record<string, [string, string]>> = {
  'ICDT-ESCT': ['116', 'SEPA-UEBERWEISUNG'],
  'ICDT-STDO': ['117', 'DAUERAUFTRAG'],
  'ICDT-CHRG': ['808', 'ENTGELT'],
  'IRCT-ESCT': ['118', 'ECHTZEIT-UEBERWEISUNG'],
  'RCDT-ESCT': ['166', 'GUTSCHRIFT'],
  'RCDT-SALA': ['153', 'LOHN GEHALT'],
  'RDDT-ESDD': ['105', 'SEPA-LASTSCHRIFT'],
  'CCRD-POSD': ['106', 'KARTENZAHLUNG'],
};

/** Field 86 in the structure of German banks, cut at 65 columns in the middle of words. */
export function purposeField(entry: Transaction): string[] {
  const [code, text] = CODES[entry.bankTransactionCode.slice(5)] ?? ['999', 'SONSTIGES'];
  const purpose = pieces(purposeOf(entry), SUBFIELD).slice(0, PURPOSE_SUBFIELDS.length);
  const names = pieces(swiftText(entry.counterpartyName ?? ''), SUBFIELD).slice(0, 2);
  const field = [
    `${code}?00${text}`,
    ...(entry.proprietaryBankTransactionCode ? [`?10${entry.proprietaryBankTransactionCode.slice(-4)}`] : []),
    ...purpose.map((piece, index) => `?${PURPOSE_SUBFIELDS[index] ?? ''}${piece}`),
    ...(entry.counterpartyIban ? [`?31${entry.counterpartyIban}`] : []),
    ...names.map((piece, index) => `?${32 + index}${piece}`),
  ].join('');
  return wrap(`:86:${field}`);
}

/** References and text with the SEPA marks. */
function purposeOf({ endToEndId, mandateId, creditorId, unstructured, structured, parts }: Transaction): string {
  const marks = [
    ['EREF+', endToEndId],
    ['MREF+', mandateId],
    ['CRED+', creditorId],
    ['SVWZ+', unstructured ?? structured ?? (parts ? `${parts.length} POSTEN` : undefined)],
  ];
  return swiftText(marks.flatMap(([mark, value]) => (value === undefined ? [] : [`${mark}${value}`])).join(' '));
}

/** The SWIFT character set: no umlauts, and no `?`, which begins a subfield. */
function swiftText(text: string): string {
  const plain: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue', ß: 'ss' };
  return text
    .replaceAll(/[äöüÄÖÜß]/g, (character) => plain[character] ?? '')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9/\-:().,'+ ]/g, '.');
}

/** Lines of 65 columns. None begins with a colon or a dash, which would begin another field. */
function wrap(field: string): string[] {
  const lines: string[] = [];
  let rest = field;
  while (rest !== '' && lines.length < LINES) {
    let length = COLUMNS;
    while (/^[:-]/.test(rest.slice(length)) && length > 1) {
      length -= 1;
    }
    lines.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return lines;
}

function pieces(text: string, length: number): string[] {
  return text.match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
}

function range(low: number, high: number): string[] {
  return Array.from({ length: high - low + 1 }, (_, index) => String(low + index));
}
