import type { SeededRandom } from '../../kit/random.js';
import type { AccountNumbers } from './customer.js';

/** Numbers for a new account in the manner of its country. */
export function newNumbers(country: string, random: SeededRandom): AccountNumbers {
  switch (country) {
    case 'GB': {
      const [sortCode, accountNumber] = [`04${random.digits(4)}`, random.digits(8)];
      return { iban: iban('GB', `MOCK${sortCode}${accountNumber}`), sortCode, accountNumber };
    }
    case 'SE': {
      const bban = random.digits(20);
      return { iban: iban('SE', bban), bban, bankgiroNumber: random.digits(8) };
    }
    case 'PL':
      return { iban: iban('PL', random.digits(24)) };
    case 'FR':
      return { iban: iban('FR', random.digits(23)) };
    case 'IT':
      return { iban: iban('IT', `X${random.digits(22)}`) };
    default:
      return { iban: iban('DE', `999${random.digits(15)}`) };
  }
}

/** An IBAN with its check digits, ISO 13616. */
export function iban(country: string, bban: string): string {
  return `${country}${String(98n - remainder(`${bban}${country}00`)).padStart(2, '0')}${bban}`;
}

/** True when the check digits of an IBAN are right. */
export function isIban(text: string): boolean {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text) && remainder(text.slice(4) + text.slice(0, 4)) === 1n;
}

function remainder(text: string): bigint {
  const digits = Array.from(text, (character) => Number.parseInt(character, 36)).join('');
  return BigInt(digits) % 97n;
}
