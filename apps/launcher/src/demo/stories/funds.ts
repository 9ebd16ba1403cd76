import type { DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { Account, Page } from '../wire.js';
import { giveConsent } from './account-access.js';

/** Is there enough on the account? Asked twice: for what is there, and for more than that. */
export async function fundsConfirmation(world: DemoWorld): Promise<void> {
  const { app, bank } = world;
  const customer = await bank.customer('anna.embedded');
  const story = world.story('Funds confirmation (anna.embedded)');
  const consent = await giveConsent(world, story, customer, 'embedded');
  const { data } = await app.call<Page<Account>>('GET', `/v1/accounts?consentId=${consent.id}`);
  const [account] = data;
  expectThat(account !== undefined, 'an account');
  for (const [amount, expected] of [
    ['10.00', true],
    ['9999999.00', false],
  ] as const) {
    const answer = await story.step(
      `are ${amount} EUR there?`,
      () =>
        app.call<{ fundsAvailable: boolean }>('POST', '/v1/funds-confirmations', {
          accountId: account.id,
          amount: { amount, currency: 'EUR' },
        }),
      ({ fundsAvailable }) => (fundsAvailable ? 'yes' : 'no'),
    );
    expectThat(answer.fundsAvailable === expected, `the answer ${expected ? 'yes' : 'no'}`);
  }
}
