import type { Account, Customer } from './customer.js';

/** The bank's customers; usernames and IBANs are unique over the whole bank. */
export class CustomerDirectory {
  private readonly byUsername = new Map<string, Customer>();
  private readonly byId = new Map<string, Customer>();
  private readonly accounts = new Map<string, Account>();

  list(): Customer[] {
    return [...this.byId.values()];
  }

  add(customer: Customer): void {
    this.byId.set(customer.id, customer);
    this.byUsername.set(customer.username, customer);
    for (const account of customer.accounts) {
      this.accounts.set(account.iban, account);
    }
  }

  addAccount(account: Account): void {
    account.customer.accounts.push(account);
    this.accounts.set(account.iban, account);
  }

  remove(customer: Customer): void {
    this.byId.delete(customer.id);
    this.byUsername.delete(customer.username);
    for (const account of customer.accounts) {
      this.accounts.delete(account.iban);
    }
  }

  find(id: string): Customer | undefined {
    return this.byId.get(id);
  }

  named(username: string): Customer | undefined {
    return this.byUsername.get(username);
  }

  account(iban: string): Account | undefined {
    return this.accounts.get(iban);
  }
}
