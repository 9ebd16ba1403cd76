import type { Profile } from './profile.js';

/** The numbers that a bank with `statuses: numbers` sends instead of the words. */
export const STATUS_NUMBERS = {
  consentStatus: ['received', 'rejected', 'partiallyAuthorised', 'valid', 'revokedByPsu', 'expired', 'terminatedByTpp'],
  scaStatus: [
    'received',
    'psuIdentified',
    'psuAuthenticated',
    'scaMethodSelected',
    'started',
    'unconfirmed',
    'finalised',
    'failed',
    'exempted',
  ],
  transactionStatus: ['RCVD', 'PATC', 'PDNG', 'ACTC', 'ACSP', 'PART', 'ACSC', 'RJCT', 'CANC'],
} as const satisfies Record<string, readonly string[]>;

type StatusField = keyof typeof STATUS_NUMBERS;

/**
 * Writes a JSON answer as this bank does: amounts as texts or numbers, links as objects or texts, statuses as words or
 * numbers (counted from 1 in {@link STATUS_NUMBERS}). The one place for it, so that every operation is alike.
 */
export function writeJson(profile: Profile, body: unknown): string {
  return JSON.stringify(body, (key, value: unknown) => {
    switch (key) {
      case 'amount':
        return typeof value === 'string' ? amountAs(profile.amountStyle, value) : value;
      case '_links':
        return profile.hrefs === 'texts' ? linksAsTexts(value) : value;
      case 'authorisationId':
        return profile.authorisationIds === 'missing' ? undefined : value;
      case 'consentStatus':
      case 'scaStatus':
      case 'transactionStatus':
        return profile.statuses === 'numbers' ? numberOf(key, value) : value;
      default:
        return value;
    }
  });
}

function amountAs(style: Profile['amountStyle'], amount: string): unknown {
  switch (style) {
    case 'texts':
      return amount;
    case 'numbers':
      return Number(amount);
    case 'short':
      return amount.replace(/\.0+$/, '');
  }
}

function linksAsTexts(links: unknown): unknown {
  return Object.fromEntries(
    Object.entries(links as Record<string, { href: string }>).map(([name, { href }]) => [name, href]),
  );
}

/** A word without a number stays a word. */
function numberOf(field: StatusField, value: unknown): unknown {
  const index = STATUS_NUMBERS[field].findIndex((word) => word === value);
  return index < 0 ? value : index + 1;
}
