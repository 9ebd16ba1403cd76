import { tribeConnection } from '../../tribe-connection.js';
import type { FaultKind } from '../plan.js';
import type { BankConnection, BankLedger, ChaosPsu, Execution, Site } from './chaos-bank.js';
import { Control } from './control.js';
import { timeoutSeconds, wireFaults } from './faults.js';
import { HeldBank } from './held-bank.js';
import { type BankBooks, builtInBooks } from './tribe-books.js';

/** So much of what is held back goes on at each disturbance: most comes when the end is known already. */
const releasedShare = 0.15;

/** Some answers about how a payment stands come late: they tell what it was, when others have told what it is. */
const staleAnswers = { kind: 'delay', when: 'after', ms: 2_400, probability: 0.4 } as const;

/** How a hub is reached, and where it fails. */
export interface HubPlan {
  readonly name: string;
  readonly institution: string;
  /** Where customers pay in the end: one that lives in the hub, or `own`: an app of ours is the bank. */
  readonly bank: string;
  readonly own?: boolean;
  /** Customers of a bank in the hub. */
  readonly usernames: readonly string[];
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

/** One simulated hub with one bank behind it. */
export class ChaosHub {
  private constructor(
    private readonly control: Control,
    private readonly plan: HubPlan,
    private readonly customers: readonly Customer[],
    private readonly own: HeldBank | null,
    private readonly books: BankBooks,
    readonly connection: BankConnection,
  ) {}

  /** Makes us known there. Its webhooks come twice each, and when {@link disturb} lets them. */
  static async open(site: Site, plan: HubPlan): Promise<ChaosHub> {
    const { sandboxUrl, publicUrl } = site;
    const hubName = `tribe@${plan.name}`;
    const control = new Control(`${sandboxUrl}/__control/${hubName}`);
    const { name, settings } = await tribeConnection(sandboxUrl, publicUrl, hubName);
    // How a payment stands at our own bank the hub knows from that bank's reports alone.
    const directStatus = plan.own ? 'store' : 'bank';
    await control.put('/settings', { webhookTiming: 'held', webhookCopies: 2, directStatus });
    await answerLate(control);
    const { customers } = await control.get<{ customers: readonly Customer[] }>('/customers');
    const { banks } = await control.get<{ banks: readonly { identifier: string }[] }>('/banks');
    // One bank each, so that it is known which way a payment at it takes.
    for (const { identifier } of banks) if (identifier !== plan.bank) await control.delete(`/banks/${identifier}`);
    const named = { identifier: plan.bank, name: plan.institution };
    const own = plan.own ? await HeldBank.open(site, control, `${sandboxUrl}/${hubName}`, named) : null;
    return new ChaosHub(control, plan, customers, own, own ?? builtInBooks(control, plan.bank), {
      name: `${name} ${plan.name}`,
      institution: plan.institution,
      usernames: own?.usernames ?? plan.usernames,
      own: own !== null,
      settings: { tpp: { ...(settings['tpp'] as object), timeoutSeconds } },
    });
  }

  /**
   * Orders to a bank in a hub name no account: the customer chooses there. So it does not matter over which of several hubs
   * that know the same bank a payment goes.
   */
  psu(username: string): ChaosPsu {
    if (this.own) return this.own.psu();
    const { password = '', code = '' } = this.customers.find((one) => one.username === username) ?? {};
    return { iban: null, password, code };
  }

  /** @param atBank the fault is between hub and bank, where it can be */
  async spoil(amount: string, fault: FaultKind, atBank: boolean): Promise<void> {
    const { initiation, webhook } = this.plan;
    const operation = atBank && webhook !== null ? `webhooks.${webhook}` : initiation;
    await this.control.post('/faults', { ...wireFaults[fault], match: { operation, amount }, count: 1 });
  }

  /** Webhooks go on, in another order; a bank of ours does its work. */
  async disturb(): Promise<void> {
    await this.control.post('/deliveries/release', { share: releasedShare });
    await this.own?.work();
  }

  /**
   * No more faults, no more waiting, though some answers still come late; and customers find in their bank's app whatever waits for them. So a payment that was
   * sent twice is executed twice.
   */
  async calm(): Promise<void> {
    await this.control.delete('/faults');
    await answerLate(this.control);
    await this.control.put('/settings', { webhookTiming: 'prompt' });
    await this.control.post('/deliveries/release', {});
    await this.books.confirmAll();
  }

  async pass(advanceSeconds: number): Promise<void> {
    await this.control.post('/clock', { advanceSeconds });
  }

  /** Both books, in the names that the hub gave us. */
  async ledger(): Promise<BankLedger> {
    const { payments } = await this.control.get<{ payments: readonly HubPayment[] }>('/payments');
    const named = new Map(payments.map(({ id, bankPaymentId }) => [bankPaymentId, id]));
    const lost = (await this.books.payments()).filter(({ id }) => !named.has(id));
    const executions = await this.books.executions();
    return {
      executions: executions.map(({ id, amount }): Execution => ({ amount, reference: named.get(id) ?? id })),
      taken: [...payments, ...lost].map(({ amount, id }) => ({ amount, reference: id })),
    };
  }
}

async function answerLate(control: Control): Promise<void> {
  for (const operation of ['payments.status', 'direct.status'])
    await control.post('/faults', { ...staleAnswers, match: { operation } });
}
