import type { Hub } from '../hub.js';
import { identify } from './accounts-choice.js';
import { MAX_TRIES, type Authorisation, type EmbeddedStep } from './authorisation.js';

/** A value that the bank asks for. */
export interface AskedField {
  id: string;
  kind: 'text' | 'password' | 'choice';
  displayName: string;
  additionalInformation?: string;
  options?: string[];
}

const METHODS = ['SMS', 'PHOTO_TAN', 'FLICKER_TAN'];
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const FIELDS: Readonly<Record<EmbeddedStep, AskedField[]>> = {
  psu: [{ id: 'username', kind: 'text', displayName: 'User name', additionalInformation: 'As in the app of the bank' }],
  credentials: [
    { id: 'username', kind: 'text', displayName: 'User name' },
    { id: 'pin', kind: 'password', displayName: 'PIN' },
  ],
  method: [{ id: 'scaMethod', kind: 'choice', displayName: 'How do you want to get the code?', options: METHODS }],
  code: [{ id: 'otp', kind: 'text', displayName: 'Code' }],
};

/** What the bank asks for now. */
export function askedFields(step: EmbeddedStep): AskedField[] {
  return FIELDS[step];
}

/** What helps the PSU to answer: a text, and a picture or flicker code for the chosen method. */
export function challengeOf({ step, scaMethod }: Authorisation): {
  description: string;
  image?: string;
  flickerCode?: string;
} {
  if (step !== 'code') {
    return { description: step === 'method' ? 'Choose a method' : 'Log in at your bank' };
  }
  if (scaMethod === 'PHOTO_TAN') {
    return { description: 'Scan the picture and enter the code', image: PIXEL };
  }
  return scaMethod === 'FLICKER_TAN'
    ? { description: 'Hold your reader to the code', flickerCode: '11048813833205002812775114302C31302C3939' }
    : { description: 'Enter the code from the text message' };
}

/**
 * Gives the bank the values of the present step.
 * @returns what follows: more values, the same again (`isRetry` is set), a wait for the app, or the end.
 */
export function provide(
  hub: Hub,
  authorisation: Authorisation,
  values: Readonly<Record<string, string>>,
): 'more' | 'app' | 'approved' | { refused: string } {
  authorisation.isRetry = false;
  switch (authorisation.step) {
    case 'psu':
    case 'credentials': {
      const customer = hub.customers.find(({ username }) => username === values['username']);
      if (!customer || (authorisation.step === 'credentials' && customer.password !== values['pin'])) {
        return retry(authorisation);
      }
      const problem = identify(hub, authorisation, customer);
      if (problem !== undefined) {
        return { refused: problem };
      }
      const app = authorisation.step === 'psu';
      authorisation.step = app ? undefined : 'method';
      return app ? 'app' : 'more';
    }
    case 'method': {
      const method = METHODS.find((candidate) => candidate === values['scaMethod']);
      if (method === undefined) {
        return retry(authorisation);
      }
      authorisation.scaMethod = method;
      authorisation.step = 'code';
      return 'more';
    }
    case 'code':
      return authorisation.customer?.code === values['otp'] ? 'approved' : retry(authorisation);
    case undefined:
      return 'app';
  }
}

function retry(authorisation: Authorisation): 'more' | { refused: string } {
  authorisation.wrongTries += 1;
  authorisation.isRetry = true;
  return authorisation.wrongTries < MAX_TRIES ? 'more' : { refused: 'Authentication failed three times' };
}
