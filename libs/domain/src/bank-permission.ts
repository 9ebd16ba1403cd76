/**
 * What a PSU of the bank that we are can grant to a TPP. None contains another. Payments without a consent ("direct")
 * need none.
 */
export const bankPermissions = {
  accounts: { role: 'AISP', meaning: 'See the list of your accounts and their details' },
  balances: { role: 'AISP', meaning: 'See the balances of these accounts' },
  transactions: { role: 'AISP', meaning: 'See the transactions of these accounts' },
  singlePayments: { role: 'PISP', meaning: 'Prepare payments from these accounts, each for you to confirm' },
  bulkPayments: { role: 'PISP', meaning: 'Prepare bulk payments from these accounts, each for you to confirm' },
  fundsConfirmation: {
    role: 'CBPII',
    meaning: 'Ask whether an amount is available: yes or no, never how much there is',
  },
} as const satisfies Record<string, { readonly role: 'AISP' | 'PISP' | 'CBPII'; readonly meaning: string }>;

export type BankPermission = keyof typeof bankPermissions;

/** Whether a set of permissions serves payments and nothing else. */
export function paymentsOnly(permissions: readonly BankPermission[]): boolean {
  return permissions.length > 0 && permissions.every((permission) => bankPermissions[permission].role === 'PISP');
}
