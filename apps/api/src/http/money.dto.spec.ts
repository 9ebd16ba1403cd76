import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { MoneyDto, moneyView, toMoney } from './money.dto.js';

const faults = (amount: unknown, currency: unknown): string[] =>
  validateSync(plainToInstance(MoneyDto, { amount, currency })).map(({ property }) => property);

describe('MoneyDto', () => {
  it.each([
    ['12.34', 'EUR', []],
    ['12', 'EUR', []],
    ['12.340', 'EUR', []],
    ['500', 'JPY', []],
    ['0.001', 'BHD', []],
    ['12.345', 'EUR', ['amount']],
    ['0.5', 'JPY', ['amount']],
    ['0', 'EUR', ['amount']],
    ['0.00', 'EUR', ['amount']],
    ['-1.00', 'EUR', ['amount']],
    ['1e3', 'EUR', ['amount']],
    ['1,00', 'EUR', ['amount']],
    ['', 'EUR', ['amount']],
    [12.34, 'EUR', ['amount']],
    ['9'.repeat(40), 'EUR', ['amount']],
    ['1.00', 'eur', ['currency']],
    ['1.00', 'ZZZ', ['currency']],
    ['1.00', undefined, ['currency']],
    [undefined, undefined, ['amount', 'currency']],
  ])('%j %j: %j', (amount, currency, expected) => {
    expect(faults(amount, currency)).toEqual(expected);
  });

  it('gives minor units and writes them back with all decimals', () => {
    const money = toMoney(plainToInstance(MoneyDto, { amount: '12.3', currency: 'EUR' }));
    expect(money).toEqual({ minor: 1230n, currency: 'EUR' });
    expect(moneyView(money)).toEqual({ amount: '12.30', currency: 'EUR' });
  });
});
