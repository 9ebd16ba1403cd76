import { Shape, ShapeError } from '../kit/shape.js';
import { SERVICES } from './payments/services.js';
import { APPROACH_SETTINGS, type Profile } from './profile.js';

const CHOICES = {
  approach: APPROACH_SETTINGS,
  start: ['explicit', 'implicit'],
  startLink: ['plain', 'specific'],
  updateLink: ['standard', 'single'],
  links: ['absolute', 'host', 'base'],
  headers: ['mockbank', 'strict'],
  errors: ['tppMessages', 'problem'],
  amounts: ['signed', 'unsigned'],
  structuredRemittance: ['text', 'object'],
  singleMethod: ['offer', 'select'],
  resourceIds: ['perConsent', 'stable'],
  replacedConsent: ['expired', 'terminatedByTpp'],
  cancellation: ['direct', 'authorised', 'refused'],
  waitingStatus: ['ACTC', 'PDNG'],
  painStatus: ['group', 'transactions'],
  products: ['standard', 'own'],
  confirmationName: ['authConfirmationCode', 'proof'],
  fees: ['none', 'products', 'all'],
  passwords: ['plain', 'encrypted', 'additional', 'additionalEncrypted'],
  camt: ['auto', '052', '053', '054'],
  mt: ['auto', '940', '942'],
  transactionIds: ['given', 'missing', 'repeated'],
  pendingDates: ['missing', 'given'],
  emptyLists: ['empty', 'missing', 'null'],
  balances: ['usual', 'all'],
  detailsKey: ['transactionsDetails', 'transactionDetails'],
  accountLinks: ['given', 'none'],
  amountStyle: ['texts', 'numbers', 'short'],
  linkNames: ['standard', 'own'],
  hrefs: ['objects', 'texts'],
  statuses: ['words', 'numbers'],
  authorisationIds: ['given', 'missing'],
  headerSpelling: ['standard', 'odd'],
  oauthMetadata: ['wellKnown', 'openid'],
  oauthWords: ['standard', 'upper'],
  oauthScopes: ['standard', 'own'],
  oauthTokenIn: ['anywhere', 'query'],
  pkce: ['taken', 'refused'],
  methodIdName: ['authenticationMethodId', 'authMethodId'],
  statusLinks: ['right', 'dead'],
  baskets: ['mixed', 'payments', 'none'],
  fundsConsent: ['optional', 'required'],
  signature: ['off', 'required'],
  signatureHeaders: ['standard', 'withDate', 'withTarget'],
  signatureKeyId: ['certificate', 'registered'],
  mtls: ['off', 'required'],
} as const satisfies Partial<Record<keyof Profile, readonly string[]>>;

const RANGES = {
  pageSize: [1, 1000],
  maxTries: [1, 20],
  maxConsentDays: [0, 100_000],
  maxFrequencyPerDay: [1, 100_000],
  redirectSeconds: [1, 86_400],
  confirmationSeconds: [1, 31_536_000],
  acspAfterSeconds: [0, 31_536_000],
  acscAfterSeconds: [0, 31_536_000],
  codeSeconds: [1, 3600],
  accessTokenSeconds: [1, 31_536_000],
} as const satisfies Partial<Record<keyof Profile, readonly [number, number]>>;

const SWITCHES = [
  'refreshTokens',
  'rotatesRefreshTokens',
  'replays',
  'endpointQuery',
  'confirmationCodes',
  'combinedService',
  'delta',
  'download',
  'badRow',
  'branchCode',
  'userAgentRequired',
] as const;

const LISTS = {
  services: SERVICES,
} as const satisfies Partial<Record<keyof Profile, readonly string[]>>;

/**
 * The profile with some settings changed.
 * @throws ShapeError naming the wrong setting.
 */
export function changeProfile(profile: Profile, input: unknown): Profile {
  const shape = Shape.of(input);
  shape.only([...Object.keys(CHOICES), ...Object.keys(RANGES), ...Object.keys(LISTS), ...SWITCHES]);
  const changes: Record<string, unknown> = {};
  for (const [name, choices] of Object.entries<readonly string[]>(CHOICES)) {
    changes[name] = shape.optionalChoice(name, choices);
  }
  for (const [name, [low, high]] of Object.entries<readonly [number, number]>(RANGES)) {
    changes[name] = shape.optionalNumber(name, low, high);
  }
  for (const [name, choices] of Object.entries<readonly string[]>(LISTS)) {
    changes[name] = shape.optionalList(name, (item, path) => {
      if (!choices.some((choice) => choice === item)) {
        throw new ShapeError(path, `must be one of ${choices.join(', ')}`);
      }
      return item;
    });
  }
  for (const name of SWITCHES) {
    changes[name] = shape.has(name) ? shape.boolean(name) : undefined;
  }
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...profile, ...Object.fromEntries(given) };
}
