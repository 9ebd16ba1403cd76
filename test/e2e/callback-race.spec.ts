import type { Consent } from './answers.js';
import { open } from './browser.js';
import { MockBank } from './mockbank.js';
import { askConsent, consentRequest } from './orders.js';
import { mockBankPsu } from './psu.js';
import { startWorld, type World } from './world.js';

/*
 * Negative control, carried out once against a changed build: without `used_at IS NULL` in Callbacks.use all 20 get
 * through, and the bank sees the code exchanged more than once.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

describe('one return of a PSU, raced twenty times', () => {
  it('gets through once: one exchange of the authorisation code, nineteen polite refusals', async () => {
    const bank = new MockBank(world.stack.sandboxUrl, 'race');
    const oauth = await bank.registerOauth(world.callbackUrl('xs2a'));
    const connection = await world.connect('xs2a', bank.settings({ scaPreference: 'oauth', oauth }));
    const psu = await mockBankPsu(bank, 'david.oauth');
    const consent = await askConsent(world.app, consentRequest(world, connection, psu));
    if (consent.nextStep?.type !== 'redirect') throw new Error(`no redirect: ${JSON.stringify(consent.nextStep)}`);
    const callback = await psu.browse(consent.nextStep.url, 'confirm');

    const returns = await Promise.all(Array.from({ length: 20 }, () => open(callback)));
    expect(returns.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      303,
      ...Array.from({ length: 19 }, () => 410),
    ]);
    expect((await bank.ledger()).calls['oauth.token']).toBe(1);

    const through = returns.find(({ status }) => status === 303);
    const { origin, pathname, searchParams } = new URL(through?.location ?? '');
    expect(origin + pathname).toBe('https://app.example.com/back');
    expect(Object.fromEntries(searchParams)).toEqual({
      tab: '1',
      consentId: consent.id,
      status: 'authorised',
      state: 'link-17',
    });
    expect(await world.app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'authorised' });
    for (const late of returns.filter(({ status }) => status === 410)) {
      expect(late.location).toBeNull();
      expect(late.html).toContain('already used');
    }
  });

  it('leads nowhere when it was made up', async () => {
    const url = `${world.callbackUrl('xs2a')}?state=${'A'.repeat(43)}&code=stolen&status=ACSC`;
    expect(await open(url)).toMatchObject({ status: 400, location: null });
  });
});
