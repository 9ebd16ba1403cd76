import type { Control } from './control.js';

/** A payment in a bank's books, by the name that it gave the hub. */
export interface BankEntry {
  readonly id: string;
  readonly amount: string;
}

/** The books of the bank behind a hub, and what its customers do in its own app. */
export interface BankBooks {
  payments(): Promise<readonly BankEntry[]>;
  executions(): Promise<readonly BankEntry[]>;
  /** Customers confirm whatever waits for them, also what nobody has a link to. */
  confirmAll(): Promise<void>;
}

/** Those of a bank that lives in the simulated hub. */
export function builtInBooks(control: Control, bank: string): BankBooks {
  const payments = async () => {
    const answer = await control.get<{ payments: readonly BankEntry[] }>(`/banks/${bank}/payments`);
    return answer.payments;
  };
  return {
    payments,
    executions: async () => {
      const { postings } = await control.get<{ postings: readonly { paymentId: string; amount: string }[] }>('/ledger');
      return postings.map(({ paymentId, amount }) => ({ id: paymentId, amount }));
    },
    confirmAll: async () => {
      for (const { id } of await payments()) {
        await control.post(`/banks/${bank}/payments/${id}`, { decision: 'approve' });
      }
    },
  };
}
