import { lastSegment, readLinks } from './links.js';
import { exampleSettings, type Xs2aSettings } from './settings.js';

const request = new URL('https://bank.example/psd2/v1/consents');
const settings: Xs2aSettings = {
  ...exampleSettings,
  baseUrl: 'https://bank.example/psd2/',
  trustedOrigins: ['https://oauth.bank.example'],
  oauth: { clientId: 'c', tokenUrl: 'https://tokens.bank.example/t' },
};

it.each([
  ['an absolute one', 'https://bank.example/psd2/v1/consents/7?a=1', 'https://bank.example/psd2/v1/consents/7?a=1'],
  ['one relative to the host', '/psd2/v1/consents/7?a=%2F&b', 'https://bank.example/psd2/v1/consents/7?a=%2F&b'],
  ['one relative to the request', 'consents/7', 'https://bank.example/psd2/v1/consents/7'],
  ['one at a trusted origin', 'https://oauth.bank.example/meta', 'https://oauth.bank.example/meta'],
  ['one at the token endpoint', 'https://tokens.bank.example/meta', 'https://tokens.bank.example/meta'],
])('takes %s', (_, href, url) => {
  expect(readLinks({ self: href }, request, settings)).toEqual({ links: { self: url }, refused: [] });
});

it.each(['/v1/consents/7?a=1', 'v1/consents/7?a=1'])('appends %s to the base where the settings say so', (href) => {
  const { links } = readLinks({ self: href }, request, { ...settings, linkBase: 'baseUrl' });
  expect(links).toEqual({ self: 'https://bank.example/psd2/v1/consents/7?a=1' });
});

// Negative control: without the origin check in `resolve`, each of these but the last comes back as a link.
it.each([
  'https://evil.example/v1/consents/7',
  '//evil.example/v1',
  'http://bank.example/psd2/v1',
  'https://bank.example:8443/psd2/v1',
  'https://bank.example@evil.example/',
  'http://169.254.169.254/latest/meta-data',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'https://',
])('refuses %s for our own calls', (href) => {
  for (const linkBase of ['request', 'baseUrl'] as const) {
    const read = readLinks({ status: href, self: '/psd2/x' }, request, { ...settings, linkBase });
    expect(read.refused).toEqual(['status']);
    expect(Object.keys(read.links)).toEqual(['self']);
  }
});

it('lets the browser go to any web page, and to nothing else', () => {
  const redirect = (href: string) => readLinks({ scaRedirect: href }, request, settings);
  expect(redirect('https://login.example/a?b=c#d').links).toEqual({ scaRedirect: 'https://login.example/a?b=c#d' });
  expect(redirect('/login?x=1').links).toEqual({ scaRedirect: 'https://bank.example/login?x=1' });
  for (const href of ['javascript:alert(1)', 'data:text/html,x', 'https://user:pw@login.example/', 'intent://x']) {
    expect(redirect(href)).toEqual({ links: {}, refused: ['scaRedirect'] });
  }
});

it('finds an id at the end of a link, before its query', () => {
  expect(lastSegment('https://bank.example/v1/authorisations/a%20b?x=/y')).toBe('a b');
  expect(lastSegment('https://bank.example/v1/authorisations/7/')).toBe('7');
  expect(lastSegment('https://bank.example')).toBeUndefined();
  expect(lastSegment(undefined)).toBeUndefined();
});
