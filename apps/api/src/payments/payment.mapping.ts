import type { NewPayment, PaymentView } from '@tributary/banking';
import type { PaymentObservation } from '@tributary/persistence';
import { accountView, toIdentifier } from '../http/account.dto.js';
import { toMoney } from '../http/money.dto.js';
import type { NewPaymentDto, PaymentDto, TimelineEntryDto } from './payment.dto.js';

/** The request, once validated, as the use case takes it. */
export function toNewPayment(dto: NewPaymentDto): NewPayment {
  const { creditor, debtor } = dto;
  return {
    institutionId: dto.institutionId,
    provider: dto.provider,
    psu: dto.psu,
    order: {
      amount: toMoney(dto.amount),
      creditor: {
        name: creditor.name,
        account: toIdentifier(creditor.account),
        address: creditor.address,
        agent: creditor.agent,
      },
      debtor: debtor && { name: debtor.name, account: debtor.account && toIdentifier(debtor.account) },
      scheme: dto.scheme,
      endToEndId: dto.endToEndId,
      remittance: dto.remittance,
      executionDate: dto.executionDate,
    },
    redirectUri: dto.redirectUri,
    state: dto.state,
    scaPreference: dto.scaPreference,
    consentId: dto.consentId,
  };
}

/** A payment in the words of the contract: accounts as apps write them. */
export function paymentDto(payment: PaymentView): PaymentDto {
  const { creditor, debtor } = payment;
  return {
    ...payment,
    creditor: { ...creditor, account: accountView(creditor.account) },
    debtor: debtor ? { name: debtor.name, ...(debtor.account && { account: accountView(debtor.account) }) } : null,
  };
}

export function timelineEntryDto(entry: PaymentObservation): TimelineEntryDto {
  const { at, source, upstreamStatus, isoStatus, applied, why, latencyMs } = entry;
  return { at: at.toISOString(), source, upstreamStatus, isoStatus, applied, why, latencyMs };
}
