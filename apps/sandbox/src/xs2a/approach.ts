import type { Customer } from './customer.js';
import type { ApproachSetting, Profile } from './profile.js';
import type { ScaWish } from './subject.js';

/** The four ways; `oauth` shows as REDIRECT in ASPSP-SCA-Approach. */
export type Approach = 'embedded' | 'redirect' | 'decoupled' | 'oauth';

/** The bank's setting, then the customer's, then the TPP's wish, then embedded. */
export function resolveApproach(profile: Profile, psu: Customer | undefined, wish: ScaWish): Approach {
  const setting = settingFor(profile, psu);
  if (setting !== 'wish' && setting !== 'oauth-prestep') {
    return setting;
  }
  if (wish.redirect) {
    return 'redirect';
  }
  return wish.decoupled ? 'decoupled' : 'embedded';
}

/** OAuth pre-step: the TPP must bring an access token to create anything. */
export function needsTokenFirst(profile: Profile, psu: Customer | undefined): boolean {
  return settingFor(profile, psu) === 'oauth-prestep';
}

function settingFor(profile: Profile, psu: Customer | undefined): ApproachSetting {
  return profile.approach === 'wish' ? (psu?.approach ?? 'wish') : profile.approach;
}
