import { Big } from 'big.js';
import { newSecret } from './identifier.js';
import type { Account } from './customers/customer.js';
import type { Hub } from './hub.js';
import type { Posting } from './ledger.js';

/** Money that is to leave an account. */
export interface Outgoing extends Pick<Posting, 'kind' | 'resourceId' | 'refId' | 'amount' | 'currency'> {
  creditorName: string;
  creditorAccount: string;
  remittance: string;
  tokenId?: string | undefined;
  transferId?: string | undefined;
}

export function hasFunds(account: Account, amount: string): boolean {
  return account.booked.gte(new Big(amount));
}

/** Moves the money and writes it down. @returns the bank's id of the transaction. */
export function execute(hub: Hub, debtor: Account, outgoing: Outgoing): string {
  const id = newSecret();
  const amount = new Big(outgoing.amount).neg();
  debtor.booked = debtor.booked.plus(amount);
  debtor.entries.push({
    id,
    atMs: hub.nowMs(),
    amount,
    status: 'SUCCESS',
    description: outgoing.remittance,
    counterparty: { name: outgoing.creditorName, iban: outgoing.creditorAccount },
    endToEndId: outgoing.refId,
    ...(outgoing.tokenId ? { tokenId: outgoing.tokenId } : {}),
    ...(outgoing.transferId ? { transferId: outgoing.transferId } : {}),
  });
  hub.ledger.postings.push({
    at: hub.now(),
    kind: outgoing.kind,
    resourceId: outgoing.resourceId,
    refId: outgoing.refId,
    bankId: debtor.bankId,
    debtor: debtor.numbers.iban,
    creditor: outgoing.creditorAccount,
    amount: outgoing.amount,
    currency: outgoing.currency,
  });
  return id;
}
