import { Shape } from '../../kit/shape.js';
import { fieldError } from '../api-error.js';
import type { LocalInstrument } from '../banks/bank.js';
import { isIban } from '../customers/account-number.js';

/** The fields that an account must have, one of the alternatives, beside the name (no object around them). */
const ALTERNATIVES: Readonly<Record<LocalInstrument, readonly (readonly string[])[]>> = {
  SEPA: [['iban']],
  SEPA_INSTANT: [['iban']],
  FASTER_PAYMENTS: [['sortCode', 'accountNumber']],
  ELIXIR: [['iban'], ['accountNumber']],
  EU_DOMESTIC_NON_EURO: [['iban'], ['bban']],
  EU_DOMESTIC_NON_EURO_INSTANT: [['iban'], ['bban']],
  BANKGIRO: [['bankgiroNumber']],
  PLUSGIRO: [['plusgiroNumber']],
  AUTO_SELECT: [['iban'], ['sortCode', 'accountNumber']],
};

const FORMATS: Readonly<Record<string, RegExp>> = {
  sortCode: /^\d{6}$/,
  accountNumber: /^[A-Za-z0-9]{1,34}$/,
  bban: /^[A-Za-z0-9]{5,30}$/,
  bankgiroNumber: /^\d{7,8}$/,
  plusgiroNumber: /^\d{2,8}$/,
};

/**
 * Reads the account of a debtor or creditor for a rail.
 * @param known an account of a customer may be written in any way that its bank knows, so a debtor has all alternatives.
 * @returns the account in one text: an IBAN, `sortCode-accountNumber`, or the number.
 */
export function readAccount(party: Shape, instrument: LocalInstrument, role: 'debtor' | 'creditor'): string {
  const alternatives = ALTERNATIVES[instrument].filter(
    ([field]) => !(role === 'debtor' && instrument === 'ELIXIR' && field === 'accountNumber'),
  );
  const chosen = alternatives.find((fields) => fields.every((field) => party.has(field)));
  if (!chosen) {
    const path = party.at(alternatives[0]?.[0] ?? 'iban');
    const ways = alternatives.map((fields) => fields.join(' and ')).join(', or ');
    throw fieldError('Field.Expected', path, `${instrument} needs ${ways}`);
  }
  return chosen.map((field) => readNumber(party, field)).join('-');
}

function readNumber(party: Shape, field: string): string {
  const text = party.text(field, { max: 40 });
  const format = FORMATS[field];
  if (field === 'iban' ? !isIban(text) : format && !format.test(text)) {
    throw fieldError('Field.InvalidFormat', party.at(field), 'is not well formed');
  }
  return text;
}
