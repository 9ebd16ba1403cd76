import { authorise, type DemoBank, type DemoWorld, redirectUri } from '../demo-world.js';
import type { Customer } from '../mock-bank.js';
import { expectThat, type Story, until } from '../report.js';
import type { Account, Authorisation, Balance, Consent, Page, Transaction } from '../wire.js';

/** One PSU gives a consent in the way that their bank asks for, and the app reads what it was given. */
export async function accountAccess(world: DemoWorld<DemoBank>, username: string, approach: string): Promise<void> {
  const customer = await world.bank.customer(username);
  const story = world.story(`Account information, SCA by ${approach} (${username})`);
  const consent = await giveConsent(world, story, customer, approach);
  const accounts = await story.step(
    'read accounts',
    () => world.app.call<Page<Account>>('GET', `/v1/accounts?consentId=${consent.id}`),
    ({ data }) => `${data.length} of ${customer.accounts.length}: ${data.map(({ name }) => name).join(', ')}`,
  );
  expectThat(accounts.data.length === customer.accounts.length, 'every account of the customer');
  const [account] = accounts.data;
  expectThat(account !== undefined, 'an account');
  await story.step(
    'read balances',
    () => world.app.call<Page<Balance>>('GET', `/v1/accounts/${account.id}/balances`),
    ({ data }) => data.map(({ type, amount }) => `${type} ${amount.amount} ${amount.currency}`).join(', '),
  );
  const transactions = await story.step(
    'read transactions',
    () => world.app.call<Page<Transaction>>('GET', `/v1/accounts/${account.id}/transactions`),
    ({ data }) => {
      const count = (status: string) => data.filter((row) => row.status === status).length;
      return `${count('booked')} booked, ${count('pending')} pending`;
    },
  );
  expectThat(transactions.data.length > 0, 'transactions');
}

/** A consent for everything, given by its PSU. */
export async function giveConsent(
  world: DemoWorld<DemoBank>,
  story: Story,
  customer: Customer,
  approach: string,
): Promise<Consent> {
  const { app, institutionId } = world;
  const validUntil = new Date(Date.now() + 80 * 86_400_000).toISOString().slice(0, 10);
  const consent = await story.step(
    'ask for a consent',
    () =>
      app.call<Consent>('POST', '/v1/consents', {
        institutionId,
        psu: { id: customer.username },
        access: ['accounts', 'balances', 'transactions'],
        recurring: true,
        validUntil,
        frequencyPerDay: 4,
        redirectUri,
        scaPreference: approach,
      }),
    ({ status, nextStep }) => `${status}, next step ${nextStep?.type ?? 'none'}`,
  );
  await story.step(
    'the PSU does their part',
    () => authorise(world, customer, consent.authorisationId, consent.nextStep),
    (road) => road.join(' -> '),
  );
  const given = await story.step(
    'the consent is authorised',
    () =>
      until(
        () => app.call<Consent>('GET', `/v1/consents/${consent.id}`),
        ({ status }) => status !== 'created' && status !== 'awaitingAuthorisation',
        20,
      ),
    ({ status }) => status,
  );
  expectThat(given.status === 'authorised', `an authorised consent, not ${given.status}`);
  const authorisation = await app.call<Authorisation>('GET', `/v1/authorisations/${consent.authorisationId}`);
  expectThat(authorisation.approach === approach, `SCA by ${approach}, not by ${authorisation.approach}`);
  return given;
}
