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
/** One for each SCA approach; the last one pays at OAuth pages. */
const usernames = ['anna.embedded', 'bruno.redirect', 'clara.decoupled', 'felix.methods', 'david.oauth'];
/** They log in at the bank's OAuth server before it takes an order. */
const preStepUsernames = ['emma.prestep'];

/**
 * So short that tokens are renewed for most questions. Whoever dies with the new ones asks with the old ones again: a bank that
 * rotates its refresh tokens takes that for theft, and the PSU has to log in again.
 */
const accessTokenSeconds = 31;

/** MockBanks: some recognise a repeated initiation, to one each is a new one; one wants a token before anything else. */
const instances = [
  { name: 'replays', replays: true, preStep: false },
  { name: 'forgets', replays: false, preStep: false },
  { name: 'pre-step', replays: true, preStep: true },
] as const;

/** Berlin Group XS2A at the simulated MockBank. */
export async function openXs2a({ sandboxUrl, publicUrl }: Site): Promise<ChaosBank> {
  const banks = await Promise.all(
    instances.map(async ({ name, replays, preStep }) => {
      const control = new Control(`${sandboxUrl}/__control/xs2a@${name}`);
      const tokens = { accessTokenSeconds, rotatesRefreshTokens: false };
      await control.put('/profile', { acspAfterSeconds: 1, acscAfterSeconds: 2, replays, ...tokens });
      const { clientId: id, clientSecret: secret } = oauth;
      await control.post('/clients', { id, secret, redirectUris: [`${publicUrl}/callbacks/xs2a`] });
      const { customers } = await control.get<{ customers: readonly Customer[] }>('/customers');
      return { name, replays, preStep, control, customers };
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
    connections: banks.map(({ name, replays, preStep }) => ({
      name: `MockBank ${name}`,
      usernames: preStep ? preStepUsernames : usernames,
      ...(replays && { findsOut: { by: 'repeat' } as const }),
      settings: {
        baseUrl: `${sandboxUrl}/xs2a@${name}`,
        institution: { name: `MockBank ${name}`, country: 'DE' },
        scaPreference: preStep ? 'embedded' : 'redirect',
        oauth: preStep ? { ...oauth, ...oauthServerOf(`${sandboxUrl}/xs2a@${name}`) } : oauth,
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
      'tokens.refreshed',
      'delivery.sent',
    ],
    faults: ['reset-before', 'reset-after', 'error-before', 'error-after', 'late'],
    timeoutSeconds,
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

/** Where PSUs log in first. */
const oauthServerOf = (bank: string) => ({
  mode: 'pre-step',
  authorizeUrl: `${bank}/oauth/authorize`,
  tokenUrl: `${bank}/oauth/token`,
});

interface Entry {
  readonly paymentId: string;
  readonly amount: string;
}

interface Ledger {
  readonly postings: readonly Entry[];
  readonly initiations: readonly (Entry & { readonly outcome: string })[];
}

const execution = ({ paymentId, amount }: Entry): Execution => ({ reference: paymentId, amount });
