import type { CredentialField, NextStep, ScaStatus } from '@tributary/domain';
import type { Xs2aSettings } from '../settings.js';
import type { StatusWords } from '../status.js';

/** Members of `psuData` that hold a password (1.3.11, schema psuData). */
export type PasswordMember = 'password' | 'encryptedPassword' | 'additionalPassword' | 'additionalEncryptedPassword';

export function encrypts(member: PasswordMember): boolean {
  return member === 'encryptedPassword' || member === 'additionalEncryptedPassword';
}

/** What an SCA has to know about the bank. */
export interface Bank {
  readonly name: string;
  readonly scaStatuses: StatusWords<ScaStatus>;
  /** Whether we have the key to encrypt passwords for it. */
  readonly takesEncrypted: boolean;
  /** The step that asks for a password, and for what the bank wants with the first one. */
  credentials(member: PasswordMember): NextStep;
}

export function bankOf({ institution, profile, passwordEncryption }: Xs2aSettings): Bank {
  const further: readonly CredentialField[] = profile?.credentialFields ?? [];
  return {
    name: institution.name,
    scaStatuses: profile?.scaStatuses,
    takesEncrypted: passwordEncryption !== undefined,
    credentials: (member) => {
      const [name, label] = isSecond(member)
        ? (['additionalPassword', `Second password at ${institution.name}`] as const)
        : (['password', `Password at ${institution.name}`] as const);
      const fields = [{ name, label, secret: true }, ...(isSecond(member) ? [] : further)];
      return { type: 'credentials', fields };
    },
  };
}

/** Under which name an app gives a password: it does not see whether it is encrypted on its way. */
export function fieldOf(member: PasswordMember): 'password' | 'additionalPassword' {
  return isSecond(member) ? 'additionalPassword' : 'password';
}

function isSecond(member: PasswordMember): boolean {
  return member === 'additionalPassword' || member === 'additionalEncryptedPassword';
}
