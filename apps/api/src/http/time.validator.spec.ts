import { isBankDate, isInstant } from './time.validator.js';

describe('isBankDate', () => {
  it.each(['2026-02-28', '2028-02-29', '1999-12-31', '9999-12-31'])('takes %s', (text) => {
    expect(isBankDate(text)).toBe(true);
  });
  it.each([
    '2026-02-30',
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-W08-1',
    '2026-060',
    '20260228',
    '0000-01-01',
    '+12026-01-01',
    '2026-02-28T00:00:00Z',
    ' 2026-02-28',
    '2026-02-28\n',
    '',
  ])('refuses %j', (text) => {
    expect(isBankDate(text)).toBe(false);
  });
});

describe('isInstant', () => {
  it.each([
    '2026-02-28T12:00:00Z',
    '2026-02-28t12:00:00.123z',
    '2026-02-28T12:00:00+05:30',
    '2026-02-28T23:59:59-00:00',
  ])('takes %s', (text) => {
    expect(isInstant(text)).toBe(true);
  });
  it.each([
    '2026-02-28T12:00:00',
    '2026-02-30T12:00:00Z',
    '2026-02-28T24:00:00Z',
    '2026-02-28T12:60:00Z',
    '2026-02-28T12:00:00+24:00',
    '2026-02-28 12:00:00Z',
    '2026-02-28',
    '1772280000',
  ])('refuses %j', (text) => {
    expect(isInstant(text)).toBe(false);
  });
});
