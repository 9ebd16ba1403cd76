import type { BankPage } from '@tributary/banking';
import type { BankAuthorisation } from '@tributary/persistence';
import { bankPage } from './bank.pages.js';

const form = { action: 'https://bank.example/a?b=1&c=2', loginUrl: 'https://bank.example/login', csrf: 'secret' };
const authorisation: BankAuthorisation = {
  id: 'bau_1',
  appId: 'app_1',
  connectionId: 'cnn_1',
  provider: 'hub',
  status: 'requested',
  tppName: '<b>TPP</b>',
  tppRegistration: null,
  scopes: [],
  permissions: ['accounts'],
  unknownScopes: [],
  requestUrlEnvelope: '',
  cancelUrlEnvelope: '',
  callbackUrlEnvelope: null,
  psuId: null,
  accountReferences: null,
  tokenId: null,
  decidedBy: null,
  decidingUntil: null,
  decidedAt: null,
  expiresAt: new Date(),
  version: 1,
  createdAt: new Date(),
  updatedAt: new Date(),
};
const subject = { type: 'authorisation', authorisation } as const;
const frame = { institution: { name: 'Spec Bank', country: 'GB' }, sandbox: false } as const;
const show = (page: Exclude<BankPage, { state: 'decided' }>) => bankPage(page, form, '123456');

// The template removes what stands in an attribute for an address; a page whose links lead nowhere still looks right.
it('leads where it should', () => {
  const own = show({ ...frame, state: 'login', subject, way: { type: 'redirect', url: '' } });
  expect(own).toContain('href="https://bank.example/login"');
  expect(own).toContain('action="https://bank.example/a?b=1&amp;c=2"');
  const ended = (redirectTo: string) => show({ ...frame, state: 'ended', why: 'expired', subject, redirectTo });
  expect(ended('https://tpp.example/')).toContain('href="https://tpp.example/"');
  expect(ended('javascript:alert(1)')).not.toContain('javascript');
});

it('waits where nobody logs in here: no login outside of a sandbox, and it looks again by itself', () => {
  const page = show({ ...frame, state: 'login', subject, way: { type: 'none' } });
  expect(page).toContain('<meta http-equiv="refresh" content="4" />');
  expect(page).not.toMatch(/name="code"|123456/);
});

it('shows names as text', () => {
  const page = show({ ...frame, state: 'decide', subject, psuId: 'anna', accounts: [] });
  expect(page).toContain('&lt;b&gt;TPP&lt;/b&gt;');
  expect(page).not.toContain('<b>TPP');
  expect(page).not.toContain('Allow access</button>');
});
