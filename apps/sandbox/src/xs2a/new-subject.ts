import { needsTokenFirst } from './approach.js';
import type { ScaSubject } from './authorisation.js';
import type { Call } from './call.js';
import { grantOf, psuOf } from './access-token.js';
import type { Hrefs } from './links.js';
import { approachOf, startAuthorisation } from './sca.js';
import { authorisationLinks, metadataPath, scaData, startLinks } from './sca-view.js';
import { readScaWish } from './sca-wish.js';
import type { NewSubject } from './subject.js';
import { signaturesNeeded } from './subject-rules.js';
import { TppError } from './tpp-error.js';

/**
 * What a new consent or payment gets from its request: the PSU, the wishes, the token of an OAuth pre-step.
 * @throws TppError 401 when the bank wants a token first, `missingTokenCode` says so; 403 for a token that must not be there.
 */
export function readScaContext(call: Call, missingTokenCode: string): NewSubject {
  const grant = grantOf(call);
  const psu = psuOf(call, grant);
  if (!grant && needsTokenFirst(call.bank.profile, psu)) {
    throw new TppError(401, missingTokenCode, 'Get an access token of the PSU first', 'Authorization', {
      scaOAuth: { href: call.links.absolute(metadataPath(call.bank.profile)) },
    });
  }
  return {
    tpp: call.tpp,
    psu,
    preStep: grant !== undefined,
    wish: readScaWish(call, 'required'),
    signed: [],
    wrongPasswords: 0,
    createdAt: call.bank.clock.now(),
  };
}

/** The part of a 201 answer that leads to the SCA: started at once, or the link to start it. */
export function beginSca(
  call: Call,
  subject: ScaSubject,
): { approach: string; data: Record<string, unknown>; links: Hrefs } {
  const { bank } = call;
  // Explicit is forced where several PSUs sign: each needs an authorisation of his own.
  if (bank.profile.start === 'explicit' || subject.wish.explicit || signaturesNeeded(subject) > 1) {
    return { approach: approachOf(bank, subject), data: {}, links: startLinks(call, subject) };
  }
  const authorisation = startAuthorisation(bank, subject, subject.psu, { kind: 'identification' });
  return {
    approach: authorisation.approach,
    data: scaData(authorisation),
    links: authorisationLinks(call, authorisation),
  };
}

/** SCA by OAuth: the token comes after the consent, so one that is there already is a mistake. */
export function assertNoTokenForOAuth(call: Call, context: NewSubject): void {
  const setting = call.bank.profile.approach === 'wish' ? context.psu?.approach : call.bank.profile.approach;
  if (context.preStep && setting === 'oauth') {
    throw new TppError(
      403,
      'FORBIDDEN',
      'The token comes after the creation when SCA is done by OAuth',
      'Authorization',
    );
  }
}
