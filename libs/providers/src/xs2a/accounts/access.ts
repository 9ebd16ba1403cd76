import type { AccessKind, AccountIdentifier } from '@tributary/domain';
import type { Xs2aSettings } from '../settings.js';

type WireIdentifier = Readonly<Record<string, string | { readonly identification: string }>>;

/** The access object of a consent request: one of the shapes of the framework (Implementation Guidelines 1.3, section 6.3). */
export type WireAccess = Readonly<Record<string, unknown>>;

/** What a global consent opens. Standing orders come with the transactions. */
const everything: readonly AccessKind[] = ['accounts', 'balances', 'transactions', 'standingOrders', 'beneficiaries'];

/**
 * Asks for no more than what is wanted, as far as the framework has a shape for it:
 * named accounts -> dedicated; once, without transactions -> availableAccounts[WithBalance]; otherwise allPsd2, or
 * the bank-offered shape where the settings say so.
 */
export function accessFor(
  wanted: {
    readonly access: readonly AccessKind[];
    readonly accounts?: readonly AccountIdentifier[] | undefined;
    readonly recurring: boolean;
  },
  settings: Pick<Xs2aSettings, 'accessShape'>,
): WireAccess {
  const kinds = new Set(wanted.access);
  // Standing orders come with the transactions (booking status `information`).
  if (kinds.has('standingOrders')) kinds.add('transactions');
  if (wanted.accounts !== undefined && wanted.accounts.length > 0)
    return arrays(kinds, wanted.accounts.map(wireIdentifier));
  const scope = kinds.has('party') ? 'allAccountsWithOwnerName' : 'allAccounts';
  if (!wanted.recurring && !kinds.has('transactions') && !kinds.has('beneficiaries')) {
    return kinds.has('balances') ? { availableAccountsWithBalance: scope } : { availableAccounts: scope };
  }
  return settings.accessShape === 'bankOffered' ? arrays(kinds, []) : { allPsd2: scope };
}

function arrays(kinds: ReadonlySet<AccessKind>, accounts: readonly WireIdentifier[]): WireAccess {
  const additional = {
    ...(kinds.has('party') && { ownerName: accounts }),
    ...(kinds.has('beneficiaries') && { trustedBeneficiaries: accounts }),
  };
  return {
    accounts,
    ...(kinds.has('balances') && { balances: accounts }),
    ...(kinds.has('transactions') && { transactions: accounts }),
    ...(Object.keys(additional).length > 0 && { additionalInformation: additional }),
  };
}

/** An account by the one name that the framework takes for it. */
export function wireIdentifier({ scheme, value }: AccountIdentifier): WireIdentifier {
  switch (scheme) {
    case 'iban':
    case 'bban':
    case 'pan':
    case 'maskedPan':
    case 'msisdn':
      return { [scheme]: value };
    case 'sortCodeAccountNumber':
      return { bban: value };
    case 'bankgiro':
    case 'plusgiro':
    case 'other':
      return { other: { identification: value } };
  }
}

/** What a consent grants, read back from its access object; undefined where it says nothing that we know. */
export function grantedAccess(access: WireAccess | undefined): readonly AccessKind[] | undefined {
  if (access === undefined) return undefined;
  const granted = new Set<AccessKind>();
  const given = (name: string): boolean => access[name] !== undefined && access[name] !== null;
  if (given('allPsd2')) everything.forEach((kind) => granted.add(kind));
  if (given('availableAccounts') || given('accounts')) granted.add('accounts');
  for (const name of ['availableAccountsWithBalance', 'availableAccountsWithBalances', 'balances']) {
    if (given(name)) granted.add('accounts').add('balances');
  }
  if (given('transactions')) granted.add('accounts').add('transactions').add('standingOrders');
  if (Object.values(access).includes('allAccountsWithOwnerName')) granted.add('party');
  const additional = access['additionalInformation'];
  if (typeof additional === 'object' && additional !== null) {
    if ('ownerName' in additional) granted.add('party');
    if ('trustedBeneficiaries' in additional) granted.add('beneficiaries');
  }
  return granted.size === 0 ? undefined : [...granted];
}
