import type { Approach } from '../../e2e/answers.js';

type Members = Readonly<Record<string, unknown>>;

/** A way in which a bank has its PSUs authorise something: how the bank is set up, how the connection to it, and what the PSU meets. */
export interface Way {
  readonly name: string;
  readonly approach: Approach;
  /** Profile of the simulated bank. */
  readonly profile: Members;
  /** Settings of the connection. */
  readonly settings: Members;
  /** The steps that our API shows to the PSU, in their order. */
  readonly steps: readonly string[];
  /** Has one SCA method (nothing to choose) or several. */
  readonly customer: 'anna.embedded' | 'felix.methods';
  /** Of several methods, the PSU takes the one that runs on another device. */
  readonly choosesTheApp?: true;
  /** The PSU logs in by OAuth before anything exists at the bank. */
  readonly loginFirst?: true;
}

const several = 'felix.methods';
const explicit = { start: 'explicit' } as const;
const implicit = { start: 'implicit' } as const;
const wants = (scaPreference: Approach, more: Members = {}): Members => ({ scaPreference, ...more });

/**
 * Every SCA approach of the framework (Implementation Guidelines 1.3, sections 5.1 and 6.1), with the authorisation made by a
 * call of its own (explicit start) and together with what is authorised (implicit start).
 */
export const ways: readonly Way[] = [
  {
    name: 'redirect, explicit',
    approach: 'redirect',
    profile: { approach: 'redirect', ...explicit },
    settings: wants('redirect', { explicitStart: true }),
    steps: ['redirect'],
    customer: several,
  },
  {
    name: 'redirect, implicit',
    approach: 'redirect',
    profile: { approach: 'redirect', ...implicit },
    settings: wants('redirect', { explicitStart: false }),
    steps: ['redirect'],
    customer: several,
  },
  {
    name: 'redirect with a confirmation code, explicit',
    approach: 'redirect',
    profile: { approach: 'redirect', confirmationCodes: true, ...explicit },
    settings: wants('redirect'),
    steps: ['redirect'],
    customer: several,
  },
  {
    name: 'redirect with a confirmation code, implicit',
    approach: 'redirect',
    profile: { approach: 'redirect', confirmationCodes: true, ...implicit },
    settings: wants('redirect'),
    steps: ['redirect'],
    customer: several,
  },
  {
    name: 'OAuth, explicit',
    approach: 'oauth',
    profile: { approach: 'oauth', ...explicit },
    settings: wants('oauth'),
    steps: ['redirect'],
    customer: several,
  },
  {
    name: 'OAuth, implicit',
    approach: 'oauth',
    profile: { approach: 'oauth', ...implicit },
    settings: wants('oauth'),
    steps: ['redirect'],
    customer: several,
  },
  {
    name: 'OAuth before, then a code',
    approach: 'embedded',
    profile: { approach: 'oauth-prestep', ...explicit },
    settings: wants('embedded'),
    steps: ['redirect', 'selectMethod', 'challenge'],
    customer: several,
    loginFirst: true,
  },
  {
    name: 'embedded with a choice, explicit',
    approach: 'embedded',
    profile: { approach: 'embedded', startLink: 'specific', ...explicit },
    settings: wants('embedded'),
    steps: ['credentials', 'selectMethod', 'challenge'],
    customer: several,
  },
  {
    name: 'embedded with a choice, implicit',
    approach: 'embedded',
    profile: { approach: 'embedded', ...implicit },
    settings: wants('embedded'),
    steps: ['credentials', 'selectMethod', 'challenge'],
    customer: several,
  },
  {
    name: 'embedded without a choice, explicit',
    approach: 'embedded',
    profile: { approach: 'embedded', singleMethod: 'select', ...explicit },
    settings: wants('embedded'),
    steps: ['credentials', 'challenge'],
    customer: 'anna.embedded',
  },
  {
    name: 'embedded without a choice, implicit',
    approach: 'embedded',
    profile: { approach: 'embedded', singleMethod: 'select', ...implicit },
    settings: wants('embedded'),
    steps: ['credentials', 'challenge'],
    customer: 'anna.embedded',
  },
  {
    name: 'embedded until the PSU chooses the app',
    approach: 'decoupled',
    profile: { approach: 'embedded', ...explicit },
    settings: wants('embedded'),
    steps: ['credentials', 'selectMethod', 'wait'],
    customer: several,
    choosesTheApp: true,
  },
  {
    name: 'decoupled, explicit',
    approach: 'decoupled',
    profile: { approach: 'decoupled', ...explicit },
    settings: wants('decoupled', { explicitStart: true }),
    steps: ['wait'],
    customer: several,
  },
  {
    name: 'decoupled, implicit',
    approach: 'decoupled',
    profile: { approach: 'decoupled', ...implicit },
    settings: wants('decoupled'),
    steps: ['wait'],
    customer: several,
  },
  {
    name: 'decoupled after a password',
    approach: 'decoupled',
    profile: { approach: 'decoupled', startLink: 'specific', ...explicit },
    settings: wants('decoupled'),
    steps: ['credentials', 'wait'],
    customer: several,
  },
];
