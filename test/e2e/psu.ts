import type { Authorisation, NextStep, StepField, StepMethod } from './answers.js';
import { type Api, expectStatus } from './api.js';
import { open } from './browser.js';
import type { Decision, MockBank, MockBankCustomer } from './mockbank.js';
import { until } from './until.js';

/** A PSU with what they know, and what they can do at their bank. */
export interface Psu {
  /** `psu.id` of our API. */
  readonly id: string;
  readonly iban: string;
  /** Where accounts have no IBAN: `iban` is then the value of another name of the account. */
  readonly account?: PsuAccount;
  /** What is entered into a step of type `credentials`, by field. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly code: string;
  /** Which method the PSU takes when asked. */
  choose(methods: readonly StepMethod[]): string;
  /** At the bank's pages. @returns where the bank sends the browser in the end */
  browse(url: string, decision: Decision): Promise<string>;
  /** In the bank's app. */
  decide(decision: Decision): Promise<void>;
}

/** An account without an IBAN. */
export interface PsuAccount {
  /** Of its identifier, as our API shows it. */
  readonly scheme: string;
  /** Its name, as requests to our API have it. */
  readonly named: Readonly<Record<string, string>>;
  readonly currency: string;
  /** Whether an order can name it as the account of the debtor. */
  readonly asDebtor: boolean;
}

/** How requests name the PSU's account. */
export const accountName = ({ account, iban }: Psu): Readonly<Record<string, string>> => account?.named ?? { iban };

/** A customer of the simulated MockBank as a PSU. */
export async function mockBankPsu(bank: MockBank, username: string): Promise<Psu> {
  const customer: MockBankCustomer = await bank.customer(username);
  const coded = customer.methods.find(({ decoupled }) => !decoupled);
  const preferred = coded ?? customer.methods[0];
  return {
    id: customer.username,
    iban: customer.accounts[0]?.iban ?? '',
    credentials: { password: customer.password },
    code: coded?.code ?? '',
    choose: (methods) => methods.find(({ id }) => id === preferred?.id)?.id ?? '',
    browse: (url, decision) => bank.browse(url, customer, decision),
    decide: (decision) => bank.decide(customer, decision),
  };
}

/** How an SCA went. */
export interface Conversation {
  readonly authorisation: Authorisation;
  /** The types of the steps, in their order. */
  readonly steps: readonly NextStep['type'][];
  /** Where our callback sent the PSU's browser; undefined where no browser was needed. */
  readonly returned: URL | undefined;
}

/** Plays the PSU's part of an SCA, whatever steps it takes, until nothing is left to do. */
export async function authorise(
  app: Api,
  psu: Psu,
  authorisationId: string,
  decision: Decision = 'confirm',
): Promise<Conversation> {
  const path = `/v1/authorisations/${authorisationId}`;
  const answer = async (body: object): Promise<Authorisation> =>
    expectStatus(await app.post<Authorisation>(`${path}/steps`, body), 200, `POST ${path}/steps`);
  const steps: NextStep['type'][] = [];
  let returned: URL | undefined;
  let authorisation = await app.read<Authorisation>(path);
  for (let step = authorisation.nextStep; step !== null; step = authorisation.nextStep) {
    if (steps.length > 8) throw new Error(`The SCA does not end: ${steps.join(', ')}`);
    steps.push(step.type);
    switch (step.type) {
      case 'credentials':
        authorisation = await answer({ credentials: known(psu, step.fields) });
        break;
      case 'selectMethod':
        authorisation = await answer({ methodId: psu.choose(step.methods) });
        break;
      case 'challenge':
        authorisation = await answer({ code: psu.code });
        break;
      case 'redirect':
        returned = await comeBack(await psu.browse(step.url, decision));
        authorisation = await app.read<Authorisation>(path);
        // The PSU is back and nothing came of it: what became of the SCA is asked for.
        if (authorisation.nextStep?.type === 'redirect' && authorisation.nextStep.url === step.url) {
          authorisation = await answer({});
        }
        break;
      case 'wait':
        // After a redirect nothing is left for the PSU to do: the bank is asked again.
        if (steps.at(-2) !== 'redirect') await psu.decide(decision);
        authorisation = await until('the bank reports the decision', async () => {
          const now = await answer({});
          return now.nextStep === null && now;
        });
        break;
    }
  }
  return { authorisation, steps, returned };
}

/** What the PSU enters: of all that they know, what is asked for. */
function known({ credentials }: Psu, fields: readonly StepField[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map(({ name }) => [name, credentials[name] ?? '']));
}

/** The browser goes where the bank sent it: to our callback, and from there to the app. */
export async function comeBack(callbackUrl: string): Promise<URL> {
  const { status, location } = await open(callbackUrl);
  if (status !== 303 || location === null) throw new Error(`The callback answered ${status} instead of 303.`);
  return new URL(location);
}
