import { walk } from '../../demo/psu-browser.js';
import type { Intent } from '../plan.js';
import type { ChaosBank, Execution, Site } from './chaos-bank.js';
import { Control } from './control.js';
import { timeoutSeconds, wireFaults } from './faults.js';

interface Customer {
  readonly username: string;
  readonly password: string;
  readonly methods: readonly { readonly code: string | null }[];
  readonly accounts: readonly { readonly iban: string }[];
}

const oauth = { clientId: 'chaos-tpp', clientSecret: 'chaos-tpp-secret' } as const;
const usernames = ['anna.embedded', 'bruno.redirect', 'clara.decoupled', 'felix.methods'];

/** Two MockBanks: one that recognises a repeated initiation, and one to which each is a new one. */
const instances = [
  { name: 'replays', replays: true },
  { name: 'forgets', replays: false },
] as const;

/** Berlin Group XS2A at the simulated MockBank. */
export async function openXs2a({ sandboxUrl, publicUrl }: Site): Promise<ChaosBank> {
  const banks = await Promise.all(
    instances.map(async ({ name, replays }) => {
      const control = new Control(`${sandboxUrl}/__control/xs2a@${name}`);
      await control.put('/profile', { acspAfterSeconds: 1, acscAfterSeconds: 2, replays });
      const { clientId: id, clientSecret: secret } = oauth;
      await control.post('/clients', { id, secret, redirectUris: [`${publicUrl}/callbacks/xs2a`] });
      const { customers } = await control.get<{ customers: readonly Customer[] }>('/customers');
      return { name, replays, control, customers };
    }),
  );
  const at = ({ connection }: Intent) => {
    const bank = banks[connection];
    if (!bank) throw new Error(`There is no connection ${connection}.`);
    return bank;
  };
  const psu = (intent: Intent) => {
    const customer = at(intent).customers.find(({ username }) => username === intent.username);
    const code = customer?.methods.find((method) => method.code !== null)?.code ?? '';
    return { iban: customer?.accounts[0]?.iban ?? null, password: customer?.password ?? '', code };
  };
  const each = (act: (control: Control) => Promise<unknown>) => Promise.all(banks.map(({ control }) => act(control)));

  return {
    connections: banks.map(({ name, replays }) => ({
      name: `MockBank ${name}`,
      usernames,
      ...(replays && { findsOut: { by: 'repeat' } as const }),
      settings: {
        baseUrl: `${sandboxUrl}/xs2a@${name}`,
        institution: { name: `MockBank ${name}`, country: 'DE' },
        scaPreference: 'redirect',
        oauth,
        initiationReplay: replays,
        timeoutSeconds,
      },
    })),
    failpoints: [
      'intent.committed',
      'sending.committed',
      'sending.answered',
      'sending.recorded',
      'answer.kept',
      'sca.started',
      'sca.answered',
      'callback.used',
      'callback.completed',
      'poll.claimed',
      'poll.asked',
      'delivery.sent',
    ],
    faults: ['reset-before', 'reset-after', 'error-before', 'error-after', 'late'],
    order: { scheme: 'SEPA_CREDIT_TRANSFER' },
    psu,
    spoil: async (intent, fault) => {
      const match = { operation: 'payments.initiate', amount: intent.amount };
      await at(intent).control.post('/faults', { ...wireFaults[fault], match, count: 1 });
    },
    visit: (url, intent) => {
      const { password, code } = psu(intent);
      const { username, decision } = intent;
      return walk(url, `${publicUrl}/callbacks/`, { username, password, code, decision });
    },
    decide: async (reference, intent) => {
      const { control } = at(intent);
      const { authorisations } = await control.get<{
        authorisations: readonly { id: string; subject: { id: string }; scaStatus: string }[];
      }>('/authorisations');
      const decision = intent.decision === 'confirm' ? 'approve' : 'reject';
      for (const one of authorisations) {
        const waits = one.subject.id === reference && !/^(finalised|failed|exempted)$/.test(one.scaStatus);
        if (waits) await control.post(`/authorisations/${one.id}`, { decision }).catch(() => undefined);
      }
    },
    calm: async () => {
      await each((control) => control.delete('/faults'));
    },
    pass: async (advanceSeconds) => {
      await each((control) => control.post('/clock', { advanceSeconds }));
    },
    ledger: async () => {
      const ledgers = await each((control) => control.get('/ledger'));
      const all = ledgers as readonly Ledger[];
      return {
        executions: all.flatMap(({ postings }) => postings.map(execution)),
        taken: all.flatMap(({ initiations }) =>
          initiations.filter(({ outcome }) => outcome === 'accepted').map(execution),
        ),
      };
    },
  };
}

interface Entry {
  readonly paymentId: string;
  readonly amount: string;
}

interface Ledger {
  readonly postings: readonly Entry[];
  readonly initiations: readonly (Entry & { readonly outcome: string })[];
}

const execution = ({ paymentId, amount }: Entry): Execution => ({ reference: paymentId, amount });
