import { countrySpecs, isValidIBAN } from 'ibantools';

/** What stands in the log in place of something that must not be there. */
export const HIDDEN = '[hidden]';

/** Words that name a secret when a value follows them, as in `password=...`, `"otp":"..."` or `X-Api-Key: ...`. */
const SECRET_NAME =
  '(?:password|passwd|passphrase|secret|token|authori[sz]ation|otp|api[_-]?key|private[_-]?key|cookie|code_verifier)';

/** Things that are secret by their look or their name, wherever they stand. Group 1 is what is kept of the match. */
const SECRETS: readonly RegExp[] = [
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs,
  /\b((?:Bearer|Basic|DPoP)\s+)[\w~+/.=-]{6,}/gi,
  /()\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)*/g,
  /()\bwhsec_[\w+/=-]+/g,
  /()\b[a-z]{2,12}_[\w-]{43}(?![\w-])/g,
  /(\/\/[^\s:@/"\\]*:)[^\s@/"\\]+(?=@)/g,
  /([?&](?:code|state|assertion|request-id)=)[^\s"'\\&#]+/gi,
  new RegExp(
    String.raw`(\b\w*${SECRET_NAME}["'\\]*\s*[=:]\s*["'\\]*)(?!\[hidden\]|Bearer|Basic)[^\s"'\\,;&}\]{[]+`,
    'gi',
  ),
];

/** Two letters and two digits where a word begins; spaces or hyphens may separate what follows. */
const IBAN_START = /(?<![A-Za-z0-9])([A-Za-z]{2})\d{2}/g;

/**
 * What every secret and every IBAN has somewhere. Most texts of a log have none of it and are done with after this one
 * look; whoever adds to what is redacted adds here what gives it away.
 */
const SUSPICIOUS = new RegExp(
  String.raw`-----BEGIN|Bearer|Basic|DPoP|eyJ|whsec_|_[\w-]{43}|@|[?&](?:code|state|assertion|request-id)=|${SECRET_NAME}|[a-z]{2}\d{2}`,
  'i',
);

/**
 * Ids, and most else that is logged with every request: one word, too short for a secret of 43 characters and without the
 * signs that all other SECRETS have around or in them. Only an IBAN can look like it.
 */
const WORD = /^(?!.*whsec_)[\w-]{1,43}$/i;

/** A text without secrets, and with every IBAN cut down to its country and last four characters. */
export function redactText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  if (WORD.test(text)) return redactIbans(text);
  return redactIbans(SECRETS.reduce((rest, pattern) => rest.replace(pattern, `$1${HIDDEN}`), text));
}

function redactIbans(text: string): string {
  let result = '';
  let from = 0;
  for (const match of text.matchAll(IBAN_START)) {
    if (match.index < from) continue;
    const found = readIban(text, match.index);
    if (!found) continue;
    result += `${text.slice(from, match.index)}${found.country}**${found.lastFour}`;
    from = found.end;
  }
  return result + text.slice(from);
}

/**
 * An IBAN at this place (ISO 13616: country, two check digits, a length that depends on the country), or one that broke
 * off or was mistyped: in capitals, 15 characters of a country that uses IBANs are enough. In small letters the check
 * digits must be right, because hexadecimal ids look alike.
 */
function readIban(text: string, start: number): { country: string; lastFour: string; end: number } | undefined {
  const letters = text.slice(start, start + 2);
  const country = letters.toUpperCase();
  const length = countrySpecs[country]?.chars ?? 0;
  if (length === 0) return undefined;
  const capitals = letters === country;
  const wanted = capitals ? /[A-Z0-9]/ : /[A-Za-z0-9]/;
  let compact = '';
  let end = start;
  for (let at = start; at < text.length && compact.length < length; at += 1) {
    const character = text.charAt(at);
    if (wanted.test(character)) {
      compact += character;
      end = at + 1;
    } else if (!/[ \u00a0-]/.test(character) || end !== at) {
      break;
    }
  }
  const sure = isValidIBAN(compact.toUpperCase());
  const likely = capitals && compact.length >= 15 && /\d{4}/.test(compact.slice(2));
  return sure || likely ? { country, lastFour: compact.slice(-4), end } : undefined;
}
