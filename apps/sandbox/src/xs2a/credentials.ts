import type { Shape } from '../kit/shape.js';
import type { Bank } from './bank.js';
import { decryptPassword } from './password-key.js';
import type { Profile } from './profile.js';
import { TppError, formatError } from './tpp-error.js';

const FIELDS = ['password', 'encryptedPassword', 'additionalPassword', 'additionalEncryptedPassword'] as const;
type PasswordField = (typeof FIELDS)[number];

/** Which fields of `psuData` this bank takes. */
const TAKEN: Readonly<Record<Profile['passwords'], readonly PasswordField[]>> = {
  plain: ['password'],
  encrypted: ['encryptedPassword'],
  additional: ['password', 'additionalPassword'],
  additionalEncrypted: ['encryptedPassword', 'additionalEncryptedPassword'],
};

/** The branch where everybody has their accounts, at a bank that asks for it (profile `branchCode`). */
export const BRANCH_CODE = '4711';

/** What the PSU's passwords are, in clear for the comparison only. */
export interface Passwords {
  branchCode?: string | undefined;
  password?: string | undefined;
  additionalPassword?: string | undefined;
}

/** Whether this bank wants two passwords. */
export function wantsAdditionalPassword(profile: Profile): boolean {
  return profile.passwords === 'additional' || profile.passwords === 'additionalEncrypted';
}

export function wantsEncryption(profile: Profile): boolean {
  return profile.passwords === 'encrypted' || profile.passwords === 'additionalEncrypted';
}

/**
 * Reads `psuData`; encrypted passwords are JWE in compact form (RFC 7516), RSA-OAEP-256 with A256GCM, to the bank's key.
 * @throws TppError 400 PARAMETER_NOT_SUPPORTED for a field that this bank does not take.
 */
export function readPasswords(bank: Bank, psuData: Shape): Passwords {
  const taken: readonly string[] = [
    ...TAKEN[bank.profile.passwords],
    ...(bank.profile.branchCode ? ['branchCode'] : []),
  ];
  const foreign = psuData.names.find((name) => !taken.some((field) => field === name));
  if (foreign !== undefined) {
    throw new TppError(400, 'PARAMETER_NOT_SUPPORTED', `This bank takes ${taken.join(' and ')}`, psuData.at(foreign));
  }
  if (psuData.names.length === 0) {
    throw formatError(psuData.at(taken[0] ?? 'password'), 'is missing');
  }
  const read = (plain: PasswordField, encrypted: PasswordField) =>
    psuData.has(encrypted)
      ? decryptPassword(bank.passwordKey, psuData.text(encrypted, { max: 4000 }), psuData.at(encrypted))
      : psuData.optionalText(plain, { max: 200 });
  return {
    password: read('password', 'encryptedPassword'),
    additionalPassword: read('additionalPassword', 'additionalEncryptedPassword'),
    branchCode: bank.profile.branchCode ? psuData.text('branchCode', { max: 20 }) : undefined,
  };
}
