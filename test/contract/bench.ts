import type { Approach, Consent, Payment } from '../e2e/answers.js';
import type { Api } from '../e2e/api.js';
import { askConsent, consentRequest, pay, paymentOrder } from '../e2e/orders.js';
import { authorise, type Conversation, type Psu } from '../e2e/psu.js';
import type { Connection, World } from '../e2e/world.js';
import type { ContractDriver, SimulatedBank } from './driver.js';

/** What a suite works with: a provider's simulator, a bank of its own there, and our API in front of it. */
export interface Bench {
  readonly world: World;
  readonly app: Api;
  readonly bank: SimulatedBank;
  readonly connection: Connection;
  /** A consent that the PSU has given. */
  readonly consent: (psu: Psu, more?: Readonly<Record<string, unknown>>) => Promise<Consent>;
  /** A payment that the PSU has confirmed. */
  readonly payment: (
    psu: Psu,
    amount: string,
    more?: Readonly<Record<string, unknown>>,
  ) => Promise<Payment & { sca: Conversation }>;
  /** Nothing new goes over the connection: simulators of one provider have the same banks, and the next suite wants its own. */
  readonly close: () => Promise<void>;
}

/** A suite: tests of one capability, the same for every provider. */
export type Suite = (driver: ContractDriver, bench: () => Bench) => void;

let banks = 0;

export async function setUpBench(world: World, driver: ContractDriver): Promise<Bench> {
  banks += 1;
  const { app, stack } = world;
  const site = { sandboxUrl: stack.sandboxUrl, callbackUrl: world.callbackUrl(driver.provider) };
  const bank = await driver.openBank(site, `contract-${banks}`);
  const connection = await world.connect(driver.provider, bank.settings);
  return {
    world,
    app,
    bank,
    connection,
    consent: async (psu, more) => {
      const { id, authorisationId } = await askConsent(app, consentRequest(world, connection, psu, more));
      await authorise(app, psu, authorisationId);
      return app.read<Consent>(`/v1/consents/${id}`);
    },
    payment: async (psu, amount, more) => {
      const made = await pay(app, paymentOrder(world, connection, psu, amount, more));
      const sca = await authoriseOrder(app, psu, `/v1/payments/${made.id}`, made);
      await bank.settle?.();
      return { ...(await app.read<Payment>(`/v1/payments/${made.id}`)), sca };
    },
    close: async () => {
      // Deleting the connection is refused while payments over it are open.
      await world.query('UPDATE institution_routes SET live = false WHERE connection_id = $1', [connection.id]);
    },
  };
}

/** The PSU's part of an order: its SCA, and another one where the first came before the order (a grant, a login). */
export async function authoriseOrder(
  app: Api,
  psu: Psu,
  path: string,
  { authorisationId }: Pick<Payment, 'authorisationId'>,
): Promise<Conversation> {
  const first = await authorise(app, psu, authorisationId ?? '');
  const next = await app.read<Payment>(path);
  if (next.nextStep === null || next.authorisationId === authorisationId) return first;
  const second = await authoriseOrder(app, psu, path, next);
  return { ...second, steps: [...first.steps, ...second.steps] };
}

/** The approach for stories that are not about SCA. */
export function firstApproach({ approaches }: ContractDriver): Approach {
  const [first] = approaches;
  if (first === undefined) throw new Error('A provider has at least one SCA approach.');
  return first;
}
