import type { InstitutionSnapshot } from '@tributary/providers';
import { identityOf } from './institution-routes.js';

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
