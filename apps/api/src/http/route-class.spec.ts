import { routeClassOf } from './route-class.js';

const principal = { appId: 'app_1', clientId: 'client_1', scopes: [] };

describe('routeClassOf', () => {
  it.each([
    ['GET', '/v1/payments?limit=5', 'read'],
    ['POST', '/v1/payments', 'money'],
    ['POST', '/v1/payments/pay_1/cancel', 'money'],
    ['POST', '/v1/bulk-payments', 'money'],
    ['POST', '/v1/consents', 'write'],
    ['DELETE', '/v1/consents/con_1', 'write'],
  ])('%s %s is %s', (method, url, expected) => {
    expect(routeClassOf({ principal, method, url })).toBe(expected);
  });

  it('is anonymous where nobody is known', () => {
    expect(routeClassOf({ principal: null, method: 'POST', url: '/oauth/token' })).toBe('anonymous');
  });
});
