import type { Operation } from '../operations.js';
import type { Psd2Role } from '../../kit/pki/qc-statements.js';

/** By the first part of the operation's name. */
const ROLES: Readonly<Record<string, readonly Psd2Role[]>> = {
  payments: ['PSP_PI'],
  cancellations: ['PSP_PI'],
  baskets: ['PSP_PI', 'PSP_AI'],
  funds: ['PSP_IC', 'PSP_PI'],
  fundsConsents: ['PSP_IC', 'PSP_PI'],
  oauth: [],
};

/** One of these roles lets a TPP do this; account information is the rest. */
export function neededRoles(operation: Operation): readonly Psd2Role[] {
  return ROLES[operation.split('.')[0] ?? ''] ?? ['PSP_AI'];
}
