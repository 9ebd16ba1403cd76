import type { Hrefs } from './links.js';
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

/** What links are called at a bank with `linkNames: own`. */
const OWN_LINK_NAMES: Readonly<Record<string, string>> = {
  startAuthorisation: 'begin',
  scaRedirect: 'redirect',
  updatePsuAuthentication: 'authenticate',
  selectAuthenticationMethod: 'choose',
  authoriseTransaction: 'confirm',
  scaStatus: 'progress',
  status: 'state',
};

type StatusField = keyof typeof STATUS_NUMBERS;

/**
 * Writes a JSON answer as this bank does: amounts as texts or numbers, links as objects or texts, statuses as words or
 * numbers (counted from 1 in {@link STATUS_NUMBERS}). The one place for it, so that every operation is alike.
 */
export function writeJson(profile: Profile, body: unknown): string {
  return JSON.stringify(body, (key, value: unknown) => {
    switch (key) {
      case 'scaMethods':
        return Array.isArray(value) ? value.map((method) => methodAs(profile, method)) : value;
      case 'chosenScaMethod':
        return methodAs(profile, value);
      case 'amount':
        return typeof value === 'string' ? amountAs(profile.amountStyle, value) : value;
      case '_links':
        return linksAs(profile, value as Hrefs);
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

function linksAs({ hrefs, statusLinks, linkNames }: Profile, links: Hrefs): unknown {
  const dead = statusLinks === 'dead' && links['status'];
  const shown = dead ? { ...links, status: { href: `${dead.href}-gone` } } : links;
  const names = linkNames === 'own' ? OWN_LINK_NAMES : {};
  return Object.fromEntries(
    Object.entries(shown).map(([name, link]) => [names[name] ?? name, hrefs === 'texts' ? link.href : link]),
  );
}

function methodAs({ methodIdName }: Profile, method: unknown): unknown {
  const { authenticationMethodId, ...rest } = method as Record<string, unknown>;
  return { ...rest, [methodIdName]: authenticationMethodId };
}

/** A word without a number stays a word. */
function numberOf(field: StatusField, value: unknown): unknown {
  const index = STATUS_NUMBERS[field].findIndex((word) => word === value);
  return index < 0 ? value : index + 1;
}
