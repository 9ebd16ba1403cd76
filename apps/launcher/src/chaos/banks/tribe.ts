import { walk } from '../../demo/psu-browser.js';
import { faultKinds, type Intent } from '../plan.js';
import type { ChaosBank, Site } from './chaos-bank.js';
import { timeoutSeconds } from './faults.js';
import { ChaosHub, type HubPlan } from './tribe-hub.js';

/** The ways of a payment over Tribe, and the loop through our own product, each at a hub of its own. */
const hubs: readonly HubPlan[] = [
  {
    name: 'direct',
    institution: 'Amber Bank',
    bank: 'AMBRLT22',
    usernames: ['lina.many'],
    initiation: 'direct.initiate',
    webhook: 'v2_payment_direct_single',
  },
  {
    name: 'granted',
    institution: 'Curonia Bank',
    bank: 'CURNLT22',
    usernames: ['milda.grants'],
    initiation: 'payments.initiate',
    webhook: 'v2_payment_single',
  },
  // The bank is asked later, when the PSU has chosen it.
  {
    name: 'chooser',
    institution: 'Any bank',
    bank: 'AMBRLT22',
    usernames: ['lina.many'],
    initiation: 'direct.initiate',
    webhook: null,
  },
  {
    name: 'loop',
    institution: 'Loop Bank',
    bank: 'LOOPLT22',
    own: true,
    usernames: [],
    initiation: 'direct.initiate',
    webhook: 'v2_payment_direct_single',
  },
];

/**
 * Tribe Open Banking at simulated hubs and the bank behind each; behind one of them we are the bank ourselves. It recognises no repeated order and lists none: an order is
 * sent at most once, and one whose answer is lost stays unknown.
 */
export async function openTribe(site: Site): Promise<ChaosBank> {
  const opened = await Promise.all(hubs.map((plan) => ChaosHub.open(site, plan)));
  const at = ({ connection }: Intent): ChaosHub => {
    const hub = opened[connection];
    if (!hub) throw new Error(`There is no connection ${connection}.`);
    return hub;
  };
  const each = (act: (hub: ChaosHub) => Promise<unknown>) => Promise.all(opened.map(act));
  const until = `${site.publicUrl}/callbacks/`;

  return {
    connections: opened.map(({ connection }) => connection),
    failpoints: [
      'intent.committed',
      'sending.committed',
      'sending.answered',
      'sending.recorded',
      'answer.kept',
      'sca.answered',
      'callback.used',
      'callback.completed',
      'webhook.stored',
      'webhook.applied',
      'poll.claimed',
      'poll.asked',
      'delivery.sent',
    ],
    faults: faultKinds,
    // No lost answer is ever found out about, and some of its deaths take the bank's answer as well.
    leastSettled: 0.1,
    timeoutSeconds,
    order: { scheme: 'SEPA_CREDIT_TRANSFER' },
    psu: (intent) => at(intent).psu(intent.username),
    spoil: async ({ amount, index }, fault) => {
      await each((hub) => hub.spoil(amount, fault, index % 2 === 0));
    },
    visit: (url, intent) => {
      const { password, code } = at(intent).psu(intent.username);
      const { username, decision } = intent;
      return walk(url, until, { username, password, code, decision });
    },
    // Nothing is decided apart from pages.
    decide: () => Promise.resolve(),
    disturb: async () => {
      await each((hub) => hub.disturb());
    },
    calm: async () => {
      await each((hub) => hub.calm());
    },
    pass: async (seconds) => {
      await each((hub) => hub.pass(seconds));
    },
    ledger: async () => {
      const ledgers = await Promise.all(opened.map((hub) => hub.ledger()));
      return {
        executions: ledgers.flatMap(({ executions }) => executions),
        taken: ledgers.flatMap(({ taken }) => taken),
      };
    },
  };
}
