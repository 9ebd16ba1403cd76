import type { DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { Account, Page, Transaction } from '../wire.js';
import { giveConsent } from './account-access.js';

/** An account whose transactions the bank gives as statements only; the app reads them like any others. */
export async function statementFormat(
  world: DemoWorld,
  { username, format, begins }: { readonly username: string; readonly format: string; readonly begins: string },
): Promise<void> {
  const customer = await world.bank.customer(username);
  const story = world.story(`Transactions that come as ${format} (${username})`);
  const consent = await giveConsent(world, story, customer, 'embedded');
  const accounts = await world.app.call<Page<Account>>('GET', `/v1/accounts?consentId=${consent.id}`);
  const [account] = accounts.data;
  expectThat(account !== undefined, 'an account');
  const route = `/v1/accounts/${account.id}/transactions`;
  const { data } = await story.step(
    'read transactions',
    () => world.app.call<Page<Transaction>>('GET', `${route}?limit=500`),
    (page) => `${page.data.filter(({ status }) => status === 'booked').length} booked`,
  );
  expectThat(
    data.some(({ status }) => status === 'booked'),
    'booked transactions',
  );
  const raw = await story.step(
    "the bank's own words",
    () => world.app.call<Page<{ raw: unknown }>>('GET', `${route}?limit=500&expand=raw`),
    (page) => firstWords(page.data).replaceAll(/\s+/g, ' ').slice(0, 50),
  );
  expectThat(firstWords(raw.data).startsWith(begins), `rows of ${format}`);
  story.table(
    ['booked', 'amount', 'direction', 'counterparty'],
    data
      .filter(({ status }) => status === 'booked')
      .slice(0, 4)
      .map(({ bookedOn, amount, direction, counterparty }) => [
        bookedOn ?? '-',
        `${amount.amount} ${amount.currency}`,
        direction,
        counterparty?.name ?? '-',
      ]),
  );
}

/** Rows keep what they were read from: a piece of the statement. */
function firstWords([row]: readonly { readonly raw: unknown }[]): string {
  const { raw } = row ?? {};
  return typeof raw === 'string' ? raw : JSON.stringify(raw ?? '').replaceAll('\\"', '"');
}
