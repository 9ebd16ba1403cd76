import { ApiError, fieldError } from '../api-error.js';
import type { Bank } from '../banks/bank.js';
import type { Hub } from '../hub.js';
import type { PaymentOrder } from './payment.js';

/** @throws ApiError when the directory has no such bank. */
export function findBank(hub: Hub, bankId: string): Bank {
  const bank = hub.banks.get(bankId);
  if (!bank) {
    throw new ApiError(400, `No registration at the bank ${bankId}`, {
      errorCode: 'Bank.RegistrationNotFound',
      bankId,
    });
  }
  return bank;
}

/** Why this bank does not take this order; undefined when it does. */
export function objectionOf(bank: Bank, order: PaymentOrder): ApiError | undefined {
  const { capabilities } = bank;
  if (!capabilities.supportsSinglePayment || !bank.localInstruments.includes(order.localInstrument)) {
    return unsupported(bank, `${order.localInstrument} is not supported by ${bank.id}`);
  }
  if (order.executionDate !== undefined && !capabilities.supportsScheduledPayment) {
    return unsupported(bank, `future-dated payments are not supported by ${bank.id}`);
  }
  if (order.confirmFunds && !capabilities.supportsFundsConfirmation) {
    return unsupported(bank, `funds confirmation is not supported by ${bank.id}`);
  }
  if (order.returnRefundAccount && !capabilities.supportsReturnRefundAccount) {
    return unsupported(bank, `the refund account is not returned by ${bank.id}`);
  }
  const missing = bank.mandatory.find(
    ({ path, localInstruments }) =>
      path === 'initiation.debtor' &&
      order.debtorAccount === undefined &&
      localInstruments.includes(order.localInstrument),
  );
  if (missing) {
    return fieldError('Field.Expected', missing.path, `${bank.id} needs it for ${order.localInstrument}`);
  }
  if (bank.remittancePattern !== undefined && !new RegExp(bank.remittancePattern).test(order.remittance)) {
    return fieldError(
      'Field.InvalidFormat',
      'initiation.remittanceInformationPrimary',
      `must match ${bank.remittancePattern} at ${bank.id}`,
    );
  }
  return undefined;
}

function unsupported(bank: Bank, message: string): ApiError {
  return new ApiError(400, message, { errorCode: 'Bank.FeatureNotSupported', bankId: bank.id });
}
