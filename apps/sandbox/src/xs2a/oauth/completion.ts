import { addDays } from '../../kit/clock.js';
import type { Bank } from '../bank.js';
import { createConsent, moveConsent } from '../consent-life.js';
import type { Visit } from '../ui/visit.js';
import { clientUrl } from './authorise-request.js';

/** The PSU agreed at the authorise page: makes the code and says where the browser goes. */
export function completeOAuth(bank: Bank, visit: Visit): string {
  const { oauth, psu, authorisation } = visit;
  if (!oauth) {
    throw new Error('this visit did not begin at the authorise page');
  }
  const subject = authorisation?.subject;
  const consentId =
    subject?.kind === 'consent' ? subject.id : /\bAIS\b/.test(oauth.scope) ? openConsent(bank, visit) : undefined;
  const grant = bank.oauth.newGrant({
    clientId: oauth.clientId,
    customer: psu,
    scope: oauth.scope,
    consentId,
    paymentId: subject?.kind === 'payment' ? subject.id : undefined,
  });
  const code = bank.oauth.newSecret();
  bank.oauth.codes.set(code, {
    grant,
    redirectUri: oauth.redirectUri,
    challenge: oauth.challenge,
    expiresAtMs: bank.clock.nowMs() + bank.profile.codeSeconds * 1000,
    used: false,
  });
  return clientUrl(oauth, { code });
}

/** Without a consent of the TPP the login itself gives access to all accounts; nobody counts the reads. */
function openConsent(bank: Bank, { psu, oauth }: Visit): string {
  const consent = createConsent(
    bank,
    {
      tpp: oauth?.clientId ?? '',
      psu,
      preStep: false,
      wish: { redirect: false, decoupled: false, explicit: false },
      signed: [],
      wrongPasswords: 0,
      createdAt: bank.clock.now(),
    },
    {
      access: { shape: 'allPsd2', scope: 'allAccounts', lists: {}, ownerNames: false, beneficiaries: false },
      recurring: true,
      validUntil: addDays(bank.clock.today(), 90),
      frequencyPerDay: 1,
      combinedService: false,
    },
  );
  consent.metered = false;
  moveConsent(bank, consent, 'valid');
  return consent.id;
}
