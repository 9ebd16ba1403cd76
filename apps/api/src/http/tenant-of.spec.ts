import { tenantOf } from './tenant-of.js';

describe('tenantOf', () => {
  it('is everybody on routes for administrators alone', () => {
    expect(tenantOf(['admin'], 'app_1')).toBe('*');
  });

  // Negative control, carried out: with `some` in place of `every` the second row gives everybody's rows.
  it.each([[['payments']], [['institutions', 'admin']], [['admin', 'institutions']], [[]]] as const)(
    'is the app itself on a route for %j',
    (scopes) => {
      expect(tenantOf(scopes, 'app_1')).toBe('app_1');
    },
  );
});
