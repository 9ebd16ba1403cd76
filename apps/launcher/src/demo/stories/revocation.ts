import type { DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { Account, Consent, Page } from '../wire.js';
import { giveConsent } from './account-access.js';

/** The PSU takes a consent back at the bank; the app's next read is refused and says what to do. */
export async function revocation(world: DemoWorld): Promise<void> {
  const { app, bank } = world;
  const customer = await bank.customer('felix.methods');
  const story = world.story('A consent that the PSU revokes at the bank (felix.methods)');
  const consent = await giveConsent(world, story, customer, 'embedded');
  const { data } = await app.call<Page<Account>>('GET', `/v1/accounts?consentId=${consent.id}`);
  const [account] = data;
  expectThat(account !== undefined, 'an account');
  await story.step(
    'the PSU revokes it at the bank',
    () => bank.revokeConsents(customer),
    () => 'done',
  );
  const refused = await story.step(
    'read balances',
    () => app.ask<{ code: string }>('GET', `/v1/accounts/${account.id}/balances`),
    ({ status, body }) => `${status} ${body.code}`,
  );
  expectThat(refused.status === 403, `403, not ${refused.status}`);
  const now = await story.step(
    'read the consent',
    () => app.call<Consent>('GET', `/v1/consents/${consent.id}`),
    ({ status }) => status,
  );
  expectThat(now.status === 'revoked', `a revoked consent, not ${now.status}`);
}
