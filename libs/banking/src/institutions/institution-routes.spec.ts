import type { InstitutionSnapshot } from '@tributary/providers';
import { apart, identityOf } from './institution-routes.js';

const bank: InstitutionSnapshot = {
  reference: 'ref',
  name: 'Bank',
  country: 'DE',
  scaApproaches: [],
  paymentSchemes: [],
  maxConsentDays: null,
  status: 'available',
};

describe('identityOf', () => {
  it.each([
    ['MOCKDEFFXXX', 'mockdeff', true],
    ['MOCKDEFF', 'MOCKDEFFXXX', true],
    ['MOCKDEFF', 'MOCKDEFF500', false],
    ['MOCKDEFF', 'OTHRDEFF', false],
  ])('%s and %s are one bank: %s', (left, right, same) => {
    expect(identityOf('cnn_1', { ...bank, bic: left }) === identityOf('cnn_2', { ...bank, bic: right })).toBe(same);
  });

  it('knows a bank without a BIC by its connection only, and a BIC in two countries as two banks', () => {
    expect(identityOf('cnn_1', bank)).not.toBe(identityOf('cnn_2', bank));
    expect(identityOf('cnn_1', bank)).toBe(identityOf('cnn_1', { ...bank, name: 'Renamed' }));
    expect(identityOf('cnn_1', { ...bank, bic: 'MOCKDEFF' })).not.toBe(
      identityOf('cnn_1', { ...bank, bic: 'MOCKDEFF', country: 'AT' }),
    );
  });
});

describe('apart', () => {
  const brand = (reference: string): InstitutionSnapshot => ({ ...bank, reference, bic: 'MOCKDEFF' });
  const references = (held: readonly (readonly [string, string])[]) =>
    Object.fromEntries(
      [...apart('cnn_1', [brand('b'), brand('a')], new Map(held))].map(([identity, { reference }]) => [
        identity,
        reference,
      ]),
    );

  // Negative control, carried out once: a map by identity alone keeps one of the two.
  it('keeps every bank of a connection, also those that share a BIC', () => {
    expect(references([])).toEqual({ 'bic:MOCKDEFF:DE': 'a', 'connection:cnn_1:b:DE': 'b' });
  });

  it('leaves the BIC with the bank that had it: what an institution is called never changes', () => {
    expect(references([['bic:MOCKDEFF:DE', 'b']])).toEqual({ 'bic:MOCKDEFF:DE': 'b', 'connection:cnn_1:a:DE': 'a' });
  });

  it('takes a bank with customers in two countries for two', () => {
    const banks = [bank, { ...bank, country: 'AT' }];
    expect([...apart('cnn_1', banks, new Map()).keys()].toSorted()).toEqual([
      'connection:cnn_1:ref:AT',
      'connection:cnn_1:ref:DE',
    ]);
  });
});
