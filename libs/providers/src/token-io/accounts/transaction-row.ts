import type { AccountIdentifier, TransactionSnapshot } from '@tributary/domain';
import { UnreadableError } from '../../kit/rows.js';
import type { TokenIoSettings } from '../settings.js';
import { identifierOf, instantOf, moneyOf } from './mapping.js';
import type { WireTransaction } from './wire.js';

/** A row of an account's list. Throws UnreadableError, MoneyError. */
export function transactionSnapshot(
  wire: WireTransaction,
  raw: unknown,
  { assumptions }: Pick<TokenIoSettings, 'assumptions'>,
): TransactionSnapshot {
  const { minor, currency } = moneyOf(wire.amount);
  const status = statusOf(wire.status, assumptions);
  const direction = directionOf(wire.type);
  const details = Object.values(wire.providerTransactionDetails ?? {}).find((one) => one !== undefined);
  const occurredAt = instantOf(wire.createdAtMs);
  const side = direction === 'credit' ? 'debtor' : 'creditor';
  const named = side === 'creditor' ? wire.creditorEndpoint?.customerData?.legalNames?.[0] : undefined;
  const account = side === 'creditor' ? identifierOf(wire.creditorEndpoint?.accountIdentifier) : undefined;
  const structured = details?.remittanceInformationStructured;
  const words = wire.description ?? details?.remittanceInformationUnstructured;
  return {
    reference: wire.id,
    status,
    bookedOn: status === 'booked' ? (dayOf(details?.bookingDate) ?? occurredAt?.slice(0, 10)) : undefined,
    valueOn: dayOf(details?.valueDate),
    occurredAt,
    amount: { minor: minor < 0n ? -minor : minor, currency },
    direction,
    counterparty: {
      name: details?.[`${side}Name`] ?? named,
      account: referenceOf(details?.[`${side}Account`]) ?? account,
    },
    remittance: { unstructured: words === undefined || words === '' ? [] : [words], structured },
    endToEndId: details?.endToEndId,
    bankCode: codeOf(wire),
    raw,
  };
}

/** Which of their words (TransactionStatus) is an entry on the account and which one still comes is not said. */
function statusOf(word: string, assumptions: TokenIoSettings['assumptions']): TransactionSnapshot['status'] {
  if ((assumptions?.bookedTransactions ?? ['SUCCESS']).includes(word)) return 'booked';
  if ((assumptions?.pendingTransactions ?? ['PENDING', 'PROCESSING']).includes(word)) return 'pending';
  throw new UnreadableError(`status ${word.slice(0, 60)} is neither booked nor pending`);
}

function directionOf(word: string): TransactionSnapshot['direction'] {
  if (word === 'CREDIT') return 'credit';
  if (word === 'DEBIT') return 'debit';
  throw new UnreadableError('type is neither CREDIT nor DEBIT');
}

function dayOf(words: string | undefined): string | undefined {
  return /^\d{4}-\d{2}-\d{2}/.exec(words ?? '')?.[0];
}

function referenceOf(
  wire: { readonly iban?: string | undefined; readonly bban?: string | undefined } | undefined,
): AccountIdentifier | undefined {
  if (wire?.iban) return { scheme: 'iban', value: wire.iban.replaceAll(/\s/g, '').toUpperCase() };
  return wire?.bban ? { scheme: 'bban', value: wire.bban } : undefined;
}

function codeOf({ bankTransactionCode }: WireTransaction): string | undefined {
  const { domain, proprietary } = bankTransactionCode ?? {};
  const parts = [domain?.code, domain?.familyCode, domain?.subFamilyCode].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join('-') : proprietary?.code;
}
