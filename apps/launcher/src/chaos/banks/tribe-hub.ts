import { tribeConnection } from '../../tribe-connection.js';
import type { FaultKind } from '../plan.js';
import type { BankConnection, BankLedger, ChaosPsu, Execution, Site } from './chaos-bank.js';
import { Control } from './control.js';
import { timeoutSeconds, wireFaults } from './faults.js';

/** Half of what is held back goes on at each disturbance, the rest later. */
const releasedShare = 0.5;

/** How a hub is reached, and where it fails. */
export interface HubPlan {
  readonly name: string;
  readonly institution: string;
  /** Where customers pay in the end: a built-in bank. */
  readonly bank: string;
  readonly usernames: readonly string[];
  /** What the connection says besides addresses and keys. */
  readonly tpp: Readonly<Record<string, unknown>>;
  /** Calls of ours that make a payment. */
  readonly initiation: 'direct.initiate' | 'payments.initiate';
  /** The hub's question to the bank that makes it there; null where that is not part of our call. */
  readonly webhook: 'v2_payment_direct_single' | 'v2_payment_single' | null;
}

interface Customer {
  readonly username: string;
  readonly password: string;
  readonly code: string;
}

/** A payment as the hub has it: `id` is the TPP's, `bankPaymentId` the bank's. */
interface HubPayment {
  readonly id: string;
  readonly bankPaymentId: string | null;
  readonly amount: string;
}

interface BankPayment {
  readonly id: string;
  readonly amount: string;
}

/** One simulated hub with the bank that lives in it. */
export class ChaosHub {
  private constructor(
    private readonly control: Control,
    private readonly plan: HubPlan,
    private readonly customers: readonly Customer[],
    readonly connection: BankConnection,
  ) {}

  /** Makes us known there. Its webhooks come twice each, and when {@link disturb} lets them. */
  static async open({ sandboxUrl, publicUrl }: Site, plan: HubPlan): Promise<ChaosHub> {
    const hubName = `tribe@${plan.name}`;
    const control = new Control(`${sandboxUrl}/__control/${hubName}`);
    const { name, settings } = await tribeConnection(sandboxUrl, publicUrl, hubName);
    await control.put('/settings', { webhookTiming: 'held', webhookCopies: 2 });
    const { customers } = await control.get<{ customers: readonly Customer[] }>('/customers');
    const { banks } = await control.get<{ banks: readonly { identifier: string }[] }>('/banks');
    // One bank each, so that it is known which way a payment at it takes.
    for (const { identifier } of banks) if (identifier !== plan.bank) await control.delete(`/banks/${identifier}`);
    const tpp = { ...(settings['tpp'] as object), timeoutSeconds, ...plan.tpp };
    return new ChaosHub(control, plan, customers, {
      name: `${name} ${plan.name}`,
      institution: plan.institution,
      usernames: plan.usernames,
      settings: { tpp },
    });
  }

  /**
   * Its orders name no account: the customer chooses at the bank. So it does not matter over which of several hubs that know
   * the same bank a payment goes.
   */
  psu(username: string): ChaosPsu {
    const { password = '', code = '' } = this.customers.find((one) => one.username === username) ?? {};
    return { iban: null, password, code };
  }

  /** @param atBank the fault is between hub and bank, where it can be */
  async spoil(amount: string, fault: FaultKind, atBank: boolean): Promise<void> {
    const { initiation, webhook } = this.plan;
    const operation = atBank && webhook !== null ? `webhooks.${webhook}` : initiation;
    await this.control.post('/faults', { ...wireFaults[fault], match: { operation, amount }, count: 1 });
  }

  /** Webhooks go on, in another order. */
  async disturb(): Promise<void> {
    await this.control.post('/deliveries/release', { share: releasedShare });
  }

  /**
   * No more faults, no more waiting; and customers find in their bank's app whatever waits for them, also what nobody
   * has a link to. So a payment that was sent twice is executed twice.
   */
  async calm(): Promise<void> {
    await this.control.delete('/faults');
    await this.control.put('/settings', { webhookTiming: 'prompt' });
    await this.control.post('/deliveries/release', {});
    for (const { id } of await this.atBank()) {
      await this.control.post(`/banks/${this.plan.bank}/payments/${id}`, { decision: 'approve' });
    }
  }

  async pass(advanceSeconds: number): Promise<void> {
    await this.control.post('/clock', { advanceSeconds });
  }

  /** Both books, in the names that the hub gave us. */
  async ledger(): Promise<BankLedger> {
    const { postings } = await this.control.get<{ postings: readonly { paymentId: string; amount: string }[] }>(
      '/ledger',
    );
    const { payments } = await this.control.get<{ payments: readonly HubPayment[] }>('/payments');
    const named = new Map(payments.map(({ id, bankPaymentId }) => [bankPaymentId, id]));
    const execution = (amount: string, id: string): Execution => ({ amount, reference: named.get(id) ?? id });
    const lost = (await this.atBank()).filter(({ id }) => !named.has(id));
    return {
      executions: postings.map(({ amount, paymentId }) => execution(amount, paymentId)),
      taken: [...payments, ...lost].map(({ amount, id }) => ({ amount, reference: id })),
    };
  }

  private async atBank(): Promise<readonly BankPayment[]> {
    return (await this.control.get<{ payments: readonly BankPayment[] }>(`/banks/${this.plan.bank}/payments`)).payments;
  }
}
