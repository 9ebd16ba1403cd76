import { Shape } from '../kit/shape.js';

/** Each setting stands for a point on which the documentation is silent, or for a fault that lasts. The first word is the default. */
const CHOICES = {
  /** How "no code" is written on the way back. */
  noCode: ['null', 'absent', 'empty'],
  /** `dropped`: the browser stays on a page of the bank, as if the PSU had closed it. */
  redirect: ['normal', 'dropped'],
  /** What `sandbox_sca` does. */
  sandboxOutcome: ['accept', 'decline'],
  /** What a call with the token of an ended consent gets: 401 invalid_token, 400 consent_inactive, or 403 insufficient_scope. */
  endedConsent: ['401', '400', '403'],
  /** A used refresh token ends all tokens of its consent, or is only refused. */
  usedRefreshToken: ['endsFamily', 'refused'],
  /** Whether a refresh gives another 90 days. */
  consentEnd: ['fixed', 'extendedByRefresh'],
  /** Case of the members in answers. */
  names: ['pascal', 'camel'],
  times: ['spaced', 'iso'],
  errors: ['code', 'Error', 'html', 'empty'],
  /** The signed payload of a call without body: `{}` or nothing. */
  bodilessPayload: ['object', 'empty'],
  /** Which bytes of the certificate are the key. */
  certificateKey: ['asUploaded', 'trimmed'],
  answerSignature: ['off', 'on'],
  secondPayment: ['409', '403'],
  /** The permissions of an aisp consent: all, or the four of the documentation's example. */
  permissions: ['all', 'example'],
} as const;

const NUMBERS = {
  /** How far `iat` may be from the present, either way. */
  iatWindowSeconds: 300,
  /** A payment is accepted after so many seconds, then pending, then settled after each the same time again. */
  paymentStepSeconds: 1,
} as const;

type Choices = { [Name in keyof typeof CHOICES]: (typeof CHOICES)[Name][number] };
type Numbers = { [Name in keyof typeof NUMBERS]: number };

/** How one instance behaves. */
export type Profile = Readonly<Choices & Numbers>;

export function documentedProfile(): Profile {
  const first = Object.entries(CHOICES).map(([name, words]) => [name, words[0]]);
  return { ...(Object.fromEntries(first) as Choices), ...NUMBERS };
}

/** @throws ShapeError naming the wrong setting. */
export function changeProfile(profile: Profile, input: unknown): Profile {
  const shape = Shape.of(input);
  shape.only([...Object.keys(CHOICES), ...Object.keys(NUMBERS)]);
  const changed: Record<string, string | number> = {};
  for (const [name, words] of Object.entries(CHOICES)) {
    changed[name] = shape.optionalChoice<string>(name, words) ?? profile[name as keyof Choices];
  }
  for (const name of Object.keys(NUMBERS)) {
    changed[name] = shape.optionalNumber(name, 0, 1_000_000) ?? profile[name as keyof Numbers];
  }
  return changed as Choices & Numbers;
}
