import type { PaymentCreditor, PaymentDebtor, PostalAddress } from '@tributary/domain';
import type { SettlementAccount, TokenIoSettings } from '../settings.js';

/** Names of an account in payments v2, which stand beside the name of its holder. */
function accountMembers(
  { scheme, value }: PaymentCreditor['account'],
  instrument: string,
): Readonly<Record<string, string>> {
  switch (scheme) {
    case 'iban':
      return { iban: value };
    case 'sortCodeAccountNumber':
      return { sortCode: value.slice(0, 6), accountNumber: value.slice(6) };
    case 'bankgiro':
      return { bankgiroNumber: value };
    case 'plusgiro':
      return { plusgiroNumber: value };
    case 'bban':
    case 'maskedPan':
    case 'pan':
    case 'msisdn':
    case 'other':
      return instrument === 'ELIXIR' ? { accountNumber: value } : { bban: value };
  }
}

/** The account at Token.io that stands for the creditor's, where the connection has one. */
export function settlementAccountFor(
  { account }: PaymentCreditor,
  { settlementAccounts = [] }: TokenIoSettings,
): SettlementAccount | undefined {
  return settlementAccounts.find(({ iban, sortCode = '', accountNumber = '' }) =>
    account.scheme === 'iban'
      ? iban === account.value
      : account.scheme === 'sortCodeAccountNumber' &&
        accountNumber !== '' &&
        `${sortCode}${accountNumber}` === account.value,
  );
}

/** Schema CreditorInformation: flat, or an account at Token.io, which then gets the money first. */
export function creditorInformation(creditor: PaymentCreditor, instrument: string, settings: TokenIoSettings): object {
  const settlement = settlementAccountFor(creditor, settings);
  const { ultimateCreditorName } = settings.paymentDefaults ?? {};
  const { agent, address, name } = creditor;
  return {
    name,
    ...(settlement === undefined
      ? {
          ...accountMembers(creditor.account, instrument),
          ...(agent?.bic !== undefined && { bic: agent.bic }),
          ...(agent?.name !== undefined && { bankName: agent.name }),
        }
      : { virtualAccountId: settlement.id }),
    ...(address !== undefined && { address: wireAddress(address) }),
    ...(ultimateCreditorName !== undefined && { ultimateCreditorName }),
  };
}

/** Schema DebtorInformation; undefined where the PSU chooses the account at the bank. */
export function debtorInformation(
  debtor: PaymentDebtor | undefined,
  instrument: string,
  { paymentDefaults }: TokenIoSettings,
): object | undefined {
  if (debtor?.account === undefined) return undefined;
  const { ultimateDebtorName } = paymentDefaults ?? {};
  return {
    ...(debtor.name !== undefined && { name: debtor.name }),
    ...accountMembers(debtor.account, instrument),
    ...(ultimateDebtorName !== undefined && { ultimateDebtorName }),
  };
}

function wireAddress(address: PostalAddress): object {
  return Object.fromEntries(Object.entries(address).filter(([, value]) => value !== undefined));
}
