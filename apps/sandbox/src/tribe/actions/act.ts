import type { Answer, Json } from '../answer.js';
import { openMessage, readObject, type BankMessage } from '../bank-message/open-message.js';
import { Fields } from '../fields.js';
import type { Hub } from '../hub.js';
import type { Action } from '../operations.js';
import { ACTIONS } from '../operations.js';
import type { Bank } from '../parties.js';
import { Refusal } from '../refusal.js';
import { errorAnswer } from '../send.js';
import { dailyPerformance } from './daily-performance.js';
import { initAuthorization } from './init-authorization.js';
import { paymentStatus } from './payment-status.js';
import { revokeToken } from './revoke-token.js';
import { saveConsent } from './save-consent.js';

const HOUR_MS = 3_600_000;

const HANDLERS: Readonly<Record<Action, (hub: Hub, bank: Bank, fields: Fields) => Json>> = {
  init_authorization: initAuthorization,
  consent: saveConsent,
  'token/revoke': revokeToken,
  daily_performance: dailyPerformance,
  'payments/status': paymentStatus,
};

/**
 * Takes one Action of a bank. Everything happens in one turn: credentials and signature before the body is parsed, then
 * the book of request ids, then the fields, then the act itself.
 */
export function act(hub: Hub, message: BankMessage, hasClientCertificate: boolean): Answer {
  const requestId = message.headers['x-request-id'];
  let bank: Bank | undefined;
  let replayed = false;
  let answer: Answer;
  try {
    const action = ACTIONS.find((name) => name === message.name);
    if (action === undefined) {
      throw actionUnknown();
    }
    if (hub.settings.mtls === 'required' && !hasClientCertificate) {
      throw new Refusal(401, 'SSL_CREDENTIALS_NOT_FOUND', 'SSL credentials not found');
    }
    const opened = openMessage(message, hub.settings.checkOrder, (key) =>
      [...hub.banks.values()].find(({ apiKey }) => apiKey === key),
    );
    bank = opened.sender;
    const known = hub.requests.find(bank.identifier, opened.requestId, message, hub.clock.nowMs());
    replayed = known !== undefined;
    answer = known ?? perform(hub, bank, action, message, opened.requestId);
  } catch (error) {
    answer = refused(hub, error, requestId);
  }
  const code = (answer.body as { code?: string }).code;
  hub.ledger.actions.push({
    at: hub.now(),
    bank: bank?.identifier,
    name: message.name,
    requestId,
    httpStatus: answer.status,
    code,
    replayed,
  });
  return answer;
}

/** The answer is remembered whatever it is: the id is used up with it. */
function perform(hub: Hub, bank: Bank, action: Action, message: BankMessage, requestId: string): Answer {
  let answer: Answer;
  try {
    answer = { status: 200, body: HANDLERS[action](hub, bank, Fields.of(readObject(message.bytes))) };
  } catch (error) {
    answer = refused(hub, error, requestId);
  }
  const untilMs = hub.clock.nowMs() + hub.settings.requestIdHours * HOUR_MS;
  hub.requests.keep(bank.identifier, requestId, message, answer, untilMs);
  return answer;
}

function refused(hub: Hub, error: unknown, requestId: string | undefined): Answer {
  if (!(error instanceof Refusal)) {
    throw error;
  }
  return errorAnswer(hub, 'bank', error, requestId);
}

/** Also for a wrong method. */
export function actionUnknown(): Refusal {
  return new Refusal(401, 'API_ACTION_DOES_NOT_EXIST', 'This API action does not exist');
}
