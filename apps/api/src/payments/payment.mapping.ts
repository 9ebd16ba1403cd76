import type { AnyPaymentView, BulkItemView, BulkPaymentView, NewPayment } from '@tributary/banking';
import type { PaymentObservation } from '@tributary/persistence';
import { accountView, toIdentifier } from '../http/account.dto.js';
import { toMoney } from '../http/money.dto.js';
import type {
  BulkDebtorDto,
  BulkItemDto,
  BulkPaymentDto,
  ListedBulkPaymentDto,
  NewBulkPaymentDto,
} from './bulk-payment.dto.js';
import type { NewOrderDto } from './new-order.dto.js';
import type { CreditorDto } from './party.dto.js';
import type { NewPaymentDto, PaymentDto } from './payment.dto.js';
import type { TimelineEntryDto } from './timeline.dto.js';

/** The request, once validated, as the use case takes it. */
export function toNewPayment(dto: NewPaymentDto): NewPayment {
  const { debtor } = dto;
  return {
    ...toRequest(dto),
    order: {
      amount: toMoney(dto.amount),
      creditor: toCreditor(dto.creditor),
      debtor: debtor && { name: debtor.name, account: debtor.account && toIdentifier(debtor.account) },
      scheme: dto.scheme,
      endToEndId: dto.endToEndId,
      remittance: dto.remittance,
      executionDate: dto.executionDate,
      recurrence: dto.recurrence,
    },
  };
}

export function toNewBulkPayment(dto: NewBulkPaymentDto): NewPayment {
  const { debtor } = dto;
  return {
    ...toRequest(dto),
    order: {
      debtor: { name: debtor.name, account: toIdentifier(debtor.account) },
      items: dto.items.map(({ amount, creditor, endToEndId, remittance }) => ({
        amount: toMoney(amount),
        creditor: toCreditor(creditor),
        endToEndId,
        remittance,
      })),
      amount: toMoney(dto.controlSum),
      scheme: dto.scheme,
      executionDate: dto.executionDate,
      batchBooking: dto.batchBooking,
    },
  };
}

function toRequest(dto: NewOrderDto): Omit<NewPayment, 'order'> {
  const { institutionId, provider, psu, redirectUri, state, scaPreference, consentId, signInBasket } = dto;
  return { institutionId, provider, psu, redirectUri, state, scaPreference, consentId, signInBasket };
}

function toCreditor({ name, account, address, agent }: CreditorDto) {
  return { name, account: toIdentifier(account), address, agent };
}

/** A payment in the words of the contract: accounts as apps write them. */
export function paymentDto(payment: AnyPaymentView): PaymentDto {
  if (payment.kind !== 'single') throw new TypeError(`${payment.id} is not a single payment`);
  const { kind: _, creditor, debtor, ...rest } = payment;
  return {
    ...rest,
    creditor: { ...creditor, account: accountView(creditor.account) },
    debtor: debtor ? { name: debtor.name, ...(debtor.account && { account: accountView(debtor.account) }) } : null,
  };
}

/** A bulk payment with its items. */
export function bulkPaymentDto(payment: AnyPaymentView): BulkPaymentDto {
  const { kind: _, amount: controlSum, debtor, items, ...rest } = bulkOf(payment);
  return { ...rest, controlSum, debtor: debtorDto(debtor), items: (items ?? []).map(bulkItemDto) };
}

/** A bulk payment in a list. */
export function listedBulkPaymentDto(payment: AnyPaymentView): ListedBulkPaymentDto {
  const { kind: _, items: _items, amount: controlSum, debtor, ...rest } = bulkOf(payment);
  return { ...rest, controlSum, debtor: debtorDto(debtor) };
}

function bulkOf(payment: AnyPaymentView): BulkPaymentView {
  if (payment.kind === 'bulk') return payment;
  throw new TypeError(`${payment.id} is not a bulk payment`);
}

const debtorDto = ({ name, account }: BulkPaymentView['debtor']): BulkDebtorDto => ({
  name,
  account: accountView(account),
});

function bulkItemDto({ creditor, ...item }: BulkItemView): BulkItemDto {
  return { ...item, creditor: { ...creditor, account: accountView(creditor.account) } };
}

export function timelineEntryDto(entry: PaymentObservation): TimelineEntryDto {
  const { at, source, upstreamStatus, isoStatus, applied, why, latencyMs } = entry;
  return { at: at.toISOString(), source, upstreamStatus, isoStatus, applied, why, latencyMs };
}
