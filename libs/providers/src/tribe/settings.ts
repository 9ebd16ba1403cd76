import type { BankSettings } from './bank/settings.js';
import type { TppSettings } from './tpp-settings.js';

export const providerId = 'tribe';

/** Tribe Open Banking in one or both roles: we call it as a TPP, and it calls us as a bank (ASPSP). */
export interface TribeSettings {
  /** We are the TPP. Absent: this connection reaches no banks. */
  readonly tpp?: TppSettings;
  /** We are the bank. Absent: nobody reaches us through this connection. */
  readonly bank?: BankSettings;
}
