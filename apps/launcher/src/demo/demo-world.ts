import type { AppClient } from './app-client.js';
import type { Customer, MockBank } from './mock-bank.js';
import { codeOf } from './mock-bank.js';
import { expectThat, type Story, until } from './report.js';
import type { Authorisation, NextStep, Page } from './wire.js';

/** Where an app of the demo gets its PSUs back; nobody listens there, the address is what counts. */
export const redirectUri = 'http://localhost:8080/callback';

/** What the demo does at a simulated bank on the PSU's side. */
export interface DemoBank {
  customer(username: string): Promise<Customer>;
  /** The PSU's browser, from the bank's page to the way back to us. */
  visit(url: string, until: string, customer: Customer): Promise<string>;
  /** What the PSU does in the bank's app. */
  approve(customer: Customer): Promise<void>;
}

/** Everything that a story needs. */
export interface DemoWorld<Bank extends DemoBank = MockBank> {
  readonly app: AppClient;
  readonly bank: Bank;
  readonly institutionId: string;
  readonly apiUrl: string;
  readonly story: (title: string) => Story;
}

/** The institution behind the connection to a provider; the one of that name where there are several. */
export async function findInstitution(app: AppClient, provider: string, name?: string): Promise<string> {
  const page = await app.call<Page<{ id: string; name: string }>>('GET', `/v1/institutions?provider=${provider}`);
  const institution = page.data.find((one) => name === undefined || one.name === name);
  expectThat(institution !== undefined, `an institution ${name ?? ''} that is reached through ${provider}`);
  return institution.id;
}

/**
 * Does what the app and its PSU have to do, step by typed step, until the authorisation asks for nothing more. This is all
 * that an app needs to support every SCA approach of every provider.
 */
export async function authorise(
  { app, bank, apiUrl }: DemoWorld<DemoBank>,
  customer: Customer,
  authorisationId: string,
  first: NextStep | null,
): Promise<readonly string[]> {
  const road: string[] = [];
  let step = first;
  while (step !== null) {
    road.push(step.type);
    step = await act(step);
  }
  return road;

  async function act(now: NextStep): Promise<NextStep | null> {
    switch (now.type) {
      case 'redirect': {
        const back = await bank.visit(now.url, `${apiUrl}/callbacks/`, customer);
        const response = await fetch(back, { redirect: 'manual' });
        const home = response.headers.get('location') ?? '';
        expectThat(
          response.status === 303 && home.startsWith(redirectUri),
          `the PSU sent back to the app, not ${response.status} ${home}`,
        );
        return null;
      }
      case 'credentials':
        return answer({ credentials: Object.fromEntries(now.fields.map(({ name }) => [name, customer.password])) });
      case 'selectMethod': {
        const method = now.methods.find(({ decoupled }) => !decoupled) ?? now.methods[0];
        return answer({ methodId: method?.id });
      }
      case 'challenge':
        expectThat(!now.isRetry, 'the first code to be right');
        return answer({ code: codeOf(customer) });
      case 'wait':
        await bank.approve(customer);
        await until(
          () => app.call<Authorisation>('GET', `/v1/authorisations/${authorisationId}`),
          ({ nextStep }) => nextStep === null,
          15,
        );
        return null;
    }
  }

  async function answer(body: unknown): Promise<NextStep | null> {
    const authorisation = await app.call<Authorisation>('POST', `/v1/authorisations/${authorisationId}/steps`, body);
    return authorisation.nextStep;
  }
}
