import { grantOf, psuOf } from './access-token.js';
import type { Authorisation, ScaSubject } from './authorisation.js';
import type { Answer } from './answer.js';
import type { Call } from './call.js';
import type { Endpoint } from './endpoint.js';
import { chargesView } from './payments/charges.js';
import { startAuthorisation, updateAuthorisation } from './sca.js';
import { readScaUpdate } from './sca-update.js';
import { authorisationLinks, authorisationPath, scaData } from './sca-view.js';
import { readStartWish } from './sca-wish.js';
import { TppError } from './tpp-error.js';

/** What is authorised, as the operations are named. */
type AuthorisedKind = 'consents' | 'payments' | 'cancellations' | 'baskets' | 'fundsConsents';

/**
 * The four calls of an authorisation sub-resource, the same below every kind of resource.
 * @param list the path of the sub-resource.
 */
export function authorisationEndpoints(
  kind: AuthorisedKind,
  list: string,
  find: (call: Call) => ScaSubject,
): Endpoint[] {
  const one = `${list}/:authorisationId`;
  return [
    {
      operation: `${kind}.authorisations.start`,
      method: 'POST',
      path: list,
      handle: (call) => start(call, find(call)),
    },
    {
      operation: `${kind}.authorisations.list`,
      method: 'GET',
      path: list,
      handle: (call) => ({
        status: 200,
        body: { authorisationIds: call.bank.authorisationsOf(find(call)).map(({ id }) => id) },
      }),
    },
    {
      operation: `${kind}.authorisations.status`,
      method: 'GET',
      path: one,
      handle: (call) => status(call, findAuthorisation(call, find(call))),
    },
    {
      operation: `${kind}.authorisations.update`,
      method: 'PUT',
      path: one,
      handle: (call) => update(call, findAuthorisation(call, find(call))),
    },
  ];
}

function start(call: Call, subject: ScaSubject): Answer {
  const psu = psuOf(call, grantOf(call));
  const change = readScaUpdate(call.bank, call.json());
  const before = call.bank.authorisationsOf(subject).length;
  const authorisation = withRetryLinks(
    call,
    () => call.bank.authorisationsOf(subject)[before],
    () => startAuthorisation(call.bank, subject, psu, change, readStartWish(call, subject.wish)),
  );
  return {
    status: 201,
    headers: {
      'ASPSP-SCA-Approach': authorisation.approach,
      Location: call.links.api(authorisationPath(authorisation)).href,
    },
    body: {
      scaStatus: authorisation.status,
      authorisationId: authorisation.id,
      ...scaData(authorisation),
      ...costs(authorisation),
      _links: authorisationLinks(call, authorisation),
    },
  };
}

function update(call: Call, authorisation: Authorisation): Answer {
  const psu = psuOf(call, grantOf(call));
  const change = readScaUpdate(call.bank, call.json());
  withRetryLinks(
    call,
    () => authorisation,
    () => updateAuthorisation(call.bank, authorisation, psu, change),
  );
  return {
    status: 200,
    headers: { 'ASPSP-SCA-Approach': authorisation.approach },
    body: {
      scaStatus: authorisation.status,
      ...scaData(authorisation),
      ...costs(authorisation),
      _links: authorisationLinks(call, authorisation),
    },
  };
}

function status(call: Call, authorisation: Authorisation): Answer {
  const { psuMessage } = scaData(authorisation);
  return {
    status: 200,
    headers: { 'ASPSP-SCA-Approach': authorisation.approach },
    body: {
      scaStatus: authorisation.status,
      ...(psuMessage === undefined ? {} : { psuMessage }),
      ...(authorisation.status === 'unconfirmed' ? { _links: authorisationLinks(call, authorisation) } : {}),
    },
  };
}

/** What the payment costs, before the PSU agrees. */
function costs({ subject }: Authorisation): Record<string, unknown> {
  return subject.kind === 'payment' ? chargesView(subject, 'currencyConversionFees') : {};
}

function findAuthorisation(call: Call, subject: ScaSubject): Authorisation {
  const authorisation = call.bank.authorisations.get(call.param('authorisationId'));
  if (authorisation?.subject !== subject) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such authorisation', 'authorisationId');
  }
  return authorisation;
}

/** After a wrong password or code the refusal says where to try again. */
function withRetryLinks<T>(call: Call, authorisation: () => Authorisation | undefined, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const open = authorisation();
    if (error instanceof TppError && error.code === 'PSU_CREDENTIALS_INVALID' && open) {
      throw new TppError(error.status, error.code, error.text, error.path, authorisationLinks(call, open));
    }
    throw error;
  }
}
