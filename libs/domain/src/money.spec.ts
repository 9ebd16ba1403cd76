import fc from 'fast-check';
import { formatMoney, MoneyError, parseMoney } from './money.js';

describe('money', () => {
  it.each([
    ['12.34', 'EUR', 1234n, '12.34'],
    ['12', 'EUR', 1200n, '12.00'],
    ['12.3', 'EUR', 1230n, '12.30'],
    ['12.3400', 'EUR', 1234n, '12.34'],
    ['0.01', 'EUR', 1n, '0.01'],
    ['-0.50', 'EUR', -50n, '-0.50'],
    ['1234', 'JPY', 1234n, '1234'],
    ['1234.00', 'JPY', 1234n, '1234'],
    ['1.234', 'BHD', 1234n, '1.234'],
    // Runtimes show these without decimals; ISO 4217 counts two.
    ['1234.56', 'HUF', 123456n, '1234.56'],
    ['0.05', 'IDR', 5n, '0.05'],
    ['1.234', 'IQD', 1234n, '1.234'],
  ])('reads %s %s', (amount, currency, minor, written) => {
    const money = parseMoney(amount, currency);
    expect(money).toEqual({ minor, currency });
    expect(formatMoney(money)).toBe(written);
  });

  it.each([
    ['12.345', 'EUR', 'precision'],
    ['0.1', 'JPY', 'precision'],
    ['12,34', 'EUR', 'format'],
    ['1e3', 'EUR', 'format'],
    ['', 'EUR', 'format'],
    ['+1', 'EUR', 'format'],
    ['.5', 'EUR', 'format'],
    [' 1', 'EUR', 'format'],
    ['1', 'EURO', 'currency'],
    ['1', 'DEM', 'currency'],
    ['1', 'XXX', 'currency'],
    ['1', 'eur', 'currency'],
    ['99999999999999999.99', 'EUR', 'range'],
  ])('refuses %j %s (%s)', (amount, currency, code) => {
    expect(() => parseMoney(amount, currency)).toThrow(expect.objectContaining({ code }) as MoneyError);
  });

  it('gives back every amount that it wrote', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -999_999_999_999_999_999n, max: 999_999_999_999_999_999n }),
        fc.constantFrom('EUR', 'JPY', 'BHD', 'GBP'),
        (minor, currency) => {
          expect(parseMoney(formatMoney({ minor, currency }), currency)).toEqual({ minor, currency });
        },
      ),
    );
  });
});
