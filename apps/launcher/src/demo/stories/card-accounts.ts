import type { DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { Account, Page, Transaction } from '../wire.js';
import { giveConsent } from './account-access.js';

/** Two credit cards. One bank line writes debits as plus, the other as minus; the app sees directions. */
export async function cardAccounts(world: DemoWorld): Promise<void> {
  const customer = await world.bank.customer('olga.card');
  const story = world.story('Card accounts (olga.card)');
  const consent = await giveConsent(world, story, customer, 'embedded');
  const { data } = await story.step(
    'read accounts',
    () => world.app.call<Page<Account>>('GET', `/v1/accounts?consentId=${consent.id}`),
    (page) => page.data.map(({ name, identifiers }) => `${name} (${identifiers[0]?.scheme})`).join(', '),
  );
  const cards = data.filter(({ identifiers }) => identifiers.some(({ scheme }) => scheme === 'maskedPan'));
  expectThat(cards.length === 2, 'two cards');
  for (const { id, name } of cards) {
    const rows = await story.step(
      `transactions of ${name}`,
      () => world.app.call<Page<Transaction>>('GET', `/v1/accounts/${id}/transactions?limit=500`),
      (page) => ['debit', 'credit'].map((direction) => `${count(page, direction)} ${direction}`).join(', '),
    );
    expectThat(
      count(rows, 'debit') > count(rows, 'credit'),
      'mostly debits on a credit card, however they are written',
    );
  }
}

function count({ data }: Page<Transaction>, direction: string): number {
  return data.filter((row) => row.direction === direction).length;
}
