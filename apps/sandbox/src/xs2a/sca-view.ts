import {
  authorisationsPath,
  isFinal,
  isWaitingForApp,
  type Authorisation,
  type ScaStatus,
  type ScaSubject,
} from './authorisation.js';
import type { Call } from './call.js';
import { wantsEncryption } from './credentials.js';
import type { ScaMethod } from './customer.js';
import type { Hrefs } from './links.js';
import type { Profile } from './profile.js';

/** The link of the next PUT in embedded. */
const EMBEDDED_LINKS: Partial<Record<ScaStatus, string>> = {
  psuAuthenticated: 'selectAuthenticationMethod',
  scaMethodSelected: 'authoriseTransaction',
};

/** The API path of an authorisation. */
export function authorisationPath(authorisation: Authorisation): string {
  return `${authorisationsPath(authorisation.subject)}/${authorisation.id}`;
}

/** The links that say what comes next; none but scaStatus means: poll. */
export function authorisationLinks(call: Call, authorisation: Authorisation): Hrefs {
  const here = call.links.api(authorisationPath(authorisation));
  return { ...nextLinks(call, authorisation, here), scaStatus: here };
}

function nextLinks(call: Call, authorisation: Authorisation, here: { href: string }): Hrefs {
  const { approach, status, oauth, browserKey } = authorisation;
  const { updateLink } = call.bank.profile;
  if (isFinal(status)) {
    return {};
  }
  if (status === 'unconfirmed') {
    return { confirmation: here };
  }
  if (oauth) {
    return { scaOAuth: { href: call.links.absolute(metadataPath(call.bank.profile, authorisation.id)) } };
  }
  if (approach === 'REDIRECT') {
    const links: Hrefs = { scaRedirect: { href: call.links.absolute(`/ui/sca/${browserKey}`) } };
    return call.bank.profile.confirmationCodes ? { ...links, confirmation: here } : links;
  }
  if (status === 'received') {
    return { updatePsuIdentification: here };
  }
  if (approach === 'DECOUPLED') {
    return {};
  }
  const link = status === 'psuIdentified' ? passwordLink(call, authorisation) : EMBEDDED_LINKS[status];
  const step = link !== undefined && updateLink === 'single' ? 'updatePsuAuthentication' : link;
  return step === undefined ? {} : { [step]: here };
}

/** Which password is next, and whether it is encrypted. */
function passwordLink(call: Call, { passwordGiven }: Authorisation): string {
  const encrypted = wantsEncryption(call.bank.profile) ? 'Encrypted' : '';
  return `update${passwordGiven ? 'Additional' : ''}${encrypted}PsuAuthentication`;
}

/** What the bank says about the SCA besides the links: methods, the chosen one, the challenge, a message for the PSU. */
export function scaData(authorisation: Authorisation): Record<string, unknown> {
  const { status, method, psu } = authorisation;
  const data: Record<string, unknown> = {};
  if (status === 'psuAuthenticated' && psu) {
    data['scaMethods'] = psu.methods.map(methodView);
  }
  if (status === 'scaMethodSelected' && method) {
    data['chosenScaMethod'] = methodView(method);
    if (!method.decoupled) {
      data['challengeData'] = {
        otpMaxLength: method.code.length,
        otpFormat: 'integer',
        additionalInformation: `Enter the code that you got by ${method.name}`,
      };
    }
  }
  if (isWaitingForApp(authorisation)) {
    data['psuMessage'] = 'Please approve the request in the MockBank app.';
  }
  return data;
}

/** Where the metadata of the authorisation server is found. */
export function metadataPath({ oauthMetadata, endpointQuery }: Profile, authorisationId?: string): string {
  const openid = oauthMetadata === 'openid';
  const query = authorisationId !== undefined && (openid || endpointQuery) ? `?authorisationId=${authorisationId}` : '';
  return `${openid ? '/oauth/openid-configuration' : '/.well-known/oauth-authorization-server'}${query}`;
}

/** The link by which the TPP starts the authorisation itself (explicit start). */
export function startLinks(call: Call, subject: ScaSubject): Hrefs {
  const href = call.links.api(authorisationsPath(subject));
  if (call.bank.profile.startLink === 'plain') {
    return { startAuthorisation: href };
  }
  if (!subject.psu || subject.preStep) {
    return subject.preStep ? { startAuthorisation: href } : { startAuthorisationWithPsuIdentification: href };
  }
  return wantsEncryption(call.bank.profile)
    ? { startAuthorisationWithEncryptedPsuAuthentication: href }
    : { startAuthorisationWithPsuAuthentication: href };
}

function methodView(method: ScaMethod): Record<string, unknown> {
  return {
    authenticationType: method.type,
    authenticationVersion: '0',
    authenticationMethodId: method.id,
    name: method.name,
    ...(method.explanation === undefined ? {} : { explanation: method.explanation }),
    decoupled: method.decoupled,
  };
}
