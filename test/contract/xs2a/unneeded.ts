import type { Operation as BankOperation } from '../../../apps/sandbox/src/xs2a/operations.js';

/** Operations of the simulated bank that no operation of ours needs at a bank without oddities, and why. */
export const unneeded: Readonly<Partial<Record<BankOperation, string>>> = {
  'cards.get': 'the list of card accounts says all',
  'baskets.get': 'its members are known here',
  'consents.status': 'the consent itself is read, with what it grants',
  'fundsConsents.status': 'the consent itself is read',
  'consents.authorisations.list': 'needs a bank that does not name its authorisations',
  'payments.authorisations.list': 'needs a bank that does not name its authorisations',
  'cancellations.authorisations.list': 'needs a bank that does not name its authorisations',
  'baskets.authorisations.list': 'needs a bank that does not name its authorisations',
  'fundsConsents.authorisations.list': 'needs a bank that does not name its authorisations',
};
