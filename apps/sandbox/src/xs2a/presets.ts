import { ShapeError } from '../kit/shape.js';
import { mockbankProfile, type Profile } from './profile.js';

/**
 * Banks as they are met, each as what it does otherwise than MockBank. A bank is data: another one is another line here.
 */
export const PRESETS = {
  mockbank: {},
  'strict-berlin-group': {
    headers: 'strict',
    startLink: 'specific',
    structuredRemittance: 'object',
    detailsKey: 'transactionDetails',
  },
  'relative-links': { links: 'host' },
  'base-links': { links: 'base' },
  'problem-json': { errors: 'problem' },
  'text-hrefs': { hrefs: 'texts' },
  'odd-headers': { headerSpelling: 'odd' },
  'implicit-start': { start: 'implicit', singleMethod: 'select' },
  'single-update-link': { updateLink: 'single' },
  'number-statuses': { statuses: 'numbers' },
  'unsigned-amounts': { amounts: 'unsigned' },
  'number-amounts': { amountStyle: 'numbers' },
  'short-amounts': { amountStyle: 'short' },
  'odd-oauth': { oauthMetadata: 'openid', oauthWords: 'upper', endpointQuery: true },
  'no-authorisation-id': { authorisationIds: 'missing' },
  'confirmation-codes': { approach: 'redirect', confirmationCodes: true },
  'own-ways': { methodIdName: 'authMethodId', statusLinks: 'dead', branchCode: true, userAgentRequired: true },
  'encrypted-passwords': { passwords: 'encrypted', startLink: 'specific' },
  'two-passwords': { passwords: 'additional' },
  'poor-transactions': { transactionIds: 'missing', emptyLists: 'null', accountLinks: 'none', badRow: true },
  'all-balances': { balances: 'all' },
  download: { download: true },
  'signed-requests': { signature: 'required' },
  'old-signed-requests': { signature: 'required', signatureHeaders: 'withDate' },
  'client-certificates': { mtls: 'required' },
  'signed-requests-and-client-certificates': { signature: 'required', mtls: 'required' },
} as const satisfies Record<string, Partial<Profile>>;

/**
 * The whole profile of a preset.
 * @throws ShapeError when there is none of that name.
 */
export function presetProfile(name: unknown): Profile {
  const preset = Object.entries<Partial<Profile>>(PRESETS).find(([known]) => known === name)?.[1];
  if (!preset) {
    throw new ShapeError('preset', `must be one of ${Object.keys(PRESETS).join(', ')}`);
  }
  return { ...mockbankProfile(), ...preset };
}
