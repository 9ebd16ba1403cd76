import { walk } from '../../demo/psu-browser.js';
import type { Intent } from '../plan.js';
import type { ChaosBank, Execution, Site } from './chaos-bank.js';
import { Control } from './control.js';
import { timeoutSeconds, wireFaults } from './faults.js';

interface Customer {
  readonly username: string;
  readonly password: string;
  readonly code: string;
}

interface Application {
  readonly applicationId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly certificate: string;
  readonly aspsp: string;
  readonly sandboxUrl: string;
  readonly productionUrl: string;
}

/** Each pays from an account with money in it. */
const usernames = ['ava.personal', 'ben.business', 'ella.many'];

/** Its two environments: in production a uuid is good once, and a code lives a minute. */
const environments = ['sandbox', 'production'] as const;

/** tell.connect with its bank. Each PSU consents first, then the order goes out; nobody is told how it went on. */
export async function openTellConnect({ sandboxUrl, publicUrl }: Site): Promise<ChaosBank> {
  const banks = await Promise.all(
    environments.map(async (environment) => {
      const control = new Control(`${sandboxUrl}/__control/tell-connect@${environment}`);
      const application = await control.get<Application>('/application');
      const redirectUrl = `${publicUrl}/callbacks/tell-connect`;
      await control.put(`/applications/${application.applicationId}`, { redirectUrl });
      const { customers } = await control.get<{ customers: readonly Customer[] }>('/customers');
      return { environment, control, application, customers };
    }),
  );
  const at = ({ connection }: Intent) => {
    const bank = banks[connection];
    if (!bank) throw new Error(`There is no connection ${connection}.`);
    return bank;
  };
  const psu = (intent: Intent) => {
    const customer = at(intent).customers.find(({ username }) => username === intent.username);
    // The PSU chooses the account at the bank.
    return { iban: null, password: customer?.password ?? '', code: customer?.code ?? '' };
  };
  const each = <T>(act: (control: Control) => Promise<T>) => Promise.all(banks.map(({ control }) => act(control)));

  return {
    connections: banks.map(({ environment, application }) => ({
      name: `tell.connect ${environment}`,
      usernames,
      settings: {
        baseUrl: environment === 'sandbox' ? application.sandboxUrl : application.productionUrl,
        clientId: application.clientId,
        clientSecret: application.clientSecret,
        applicationId: application.applicationId,
        certificatePem: application.certificate,
        aspspId: application.aspsp,
        institution: { name: `Pockit ${environment}`, country: 'GB' },
        timeoutSeconds,
      },
    })),
    failpoints: [
      'intent.committed',
      'sending.committed',
      'sending.answered',
      'sending.recorded',
      'answer.kept',
      'callback.used',
      'callback.completed',
      'poll.claimed',
      'poll.asked',
      'delivery.sent',
    ],
    faults: ['reset-before', 'reset-after', 'error-before', 'error-after', 'late'],
    timeoutSeconds,
    currency: 'GBP',
    order: {
      creditor: { name: 'J Whitlock', account: { sortCode: '204051', accountNumber: '12345678' } },
      remittance: { unstructured: 'Invoice 1190' },
    },
    psu,
    spoil: async (intent, fault) => {
      const match = { operation: 'payments.create', amount: intent.amount };
      await at(intent).control.post('/faults', { ...wireFaults[fault], match, count: 1 });
    },
    visit: (url, intent) => {
      const { password, code } = psu(intent);
      const { username, decision } = intent;
      return walk(url, `${publicUrl}/callbacks/`, { username, password, code, decision });
    },
    // There is no app: the PSU decides in the browser.
    decide: () => Promise.resolve(),
    calm: async () => {
      await each((control) => control.delete('/faults'));
    },
    pass: async (advanceSeconds) => {
      await each((control) => control.post('/clock', { advanceSeconds }));
    },
    ledger: async () => {
      const ledgers = await each((control) => control.get<Ledger>('/ledger'));
      return {
        executions: ledgers.flatMap(({ postings }) => postings.map(execution)),
        taken: ledgers.flatMap(({ initiations }) => initiations.flatMap(taken)),
      };
    },
  };
}

interface Ledger {
  readonly postings: readonly { readonly paymentReference: string; readonly amount: string }[];
  readonly initiations: readonly {
    readonly outcome: string;
    readonly paymentReference?: string;
    readonly amount?: string;
  }[];
}

const execution = ({ paymentReference, amount }: Ledger['postings'][number]): Execution => ({
  reference: paymentReference,
  amount,
});

const taken = ({ outcome, paymentReference, amount }: Ledger['initiations'][number]): Execution[] =>
  outcome === 'accepted' && paymentReference !== undefined && amount !== undefined
    ? [{ reference: paymentReference, amount }]
    : [];
