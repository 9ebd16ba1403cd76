import { ShapeError, checkText, type Shape } from '../../kit/shape.js';
import { ok, type Answer } from '../answer.js';
import { ApiError, notFound } from '../api-error.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { newId } from '../identifier.js';
import { ENDING_NAMES } from '../payments/endings.js';
import { authorizeAtBank } from './bank-authorization.js';
import { readRequestBody } from './request-body.js';
import { openRequest } from './request-life.js';
import { requestResultView, requestView } from './request-view.js';
import type { TokenRequest } from './token-request.js';

const ONE = '/token-requests/:requestId';

/** Requests for tokens: v1 payments, standing orders, access to accounts. */
export const requestEndpoints: readonly Endpoint[] = [
  { operation: 'requests.create', method: 'POST', path: '/token-requests', order: true, handle: create },
  {
    operation: 'requests.get',
    method: 'GET',
    path: ONE,
    handle: (call) => ok({ tokenRequest: requestView(find(call)) }),
  },
  {
    operation: 'requests.result',
    method: 'GET',
    path: `${ONE}/result`,
    handle: (call) => ok(requestResultView(call.hub, find(call))),
  },
  { operation: 'requests.authorize', method: 'POST', path: `${ONE}/authorization`, handle: authorize },
];

function create(call: Call): Answer {
  const { hub, member } = call;
  const body = call.body();
  const payload = body.object('requestPayload');
  const options = body.optionalObject('requestOptions');
  payload.object('to').text('id', { max: 200 });
  assertActingAs(call, payload);
  const bankId = options?.optionalText('bankId', { max: 100 });
  if (bankId !== undefined && !hub.banks.has(bankId)) {
    throw new ApiError(400, `No registration at the bank ${bankId}`, { paths: ['requestOptions.bankId'] });
  }
  const request: TokenRequest = {
    id: newId('rq'),
    memberId: member.id,
    payload: payload.plain(),
    options: options?.plain(),
    body: readRequestBody(hub, payload),
    refId: payload.text('refId', { max: hub.profile.strict ? 18 : 35 }),
    redirectUrl: readRedirectUrl(payload),
    callbackState: payload.optionalText('callbackState', { max: 2000 }),
    description: payload.optionalText('description', { max: 255 }),
    bankId,
    status: 'PENDING',
    reason: undefined,
    authorisation: undefined,
    tokenId: undefined,
    transferId: undefined,
    submissionId: undefined,
    ending: ENDING_NAMES.find((name) => name === call.fault('outcome')?.status),
    base: call.base,
    createdMs: hub.nowMs(),
  };
  openRequest(hub, request);
  return ok({ tokenRequest: requestView(request) });
}

function assertActingAs({ member }: Call, payload: Shape): void {
  const actingAs = payload.optionalObject('actingAs');
  actingAs?.text('displayName', { max: 140 });
  if (member.sponsored && !actingAs) {
    throw new ShapeError(payload.at('actingAs'), 'is missing: name the sub-TPP for whom you act');
  }
}

function readRedirectUrl(payload: Shape): string {
  const url = payload.text('redirectUrl', { max: 2000 });
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ShapeError(payload.at('redirectUrl'), 'must be an absolute address');
  }
  return url;
}

function authorize(call: Call): Answer {
  const request = find(call);
  const body = call.body();
  const credentials = body.optionalObject('credentials');
  const flag = (name: string) => body.has(name) && body.boolean(name);
  const accepted = flag('consentAccepted');
  if (call.hub.profile.strict && !accepted) {
    throw new ShapeError('consentAccepted', 'must be true when the TPP shows the consent itself');
  }
  return ok(
    authorizeAtBank(call, request, {
      useCredentialFlow: flag('useCredentialFlow'),
      useHostedPages: flag('useWebappCredentialsFlow'),
      credentials: Object.fromEntries(
        (credentials?.names ?? []).map((name) => [
          name,
          checkText(credentials?.raw(name), `credentials.${name}`, { max: 200 }),
        ]),
      ),
    }),
  );
}

/** The request of this member. @throws ApiError 404 otherwise. */
function find(call: Call): TokenRequest {
  const request = call.hub.requests.get(call.param('requestId'));
  if (!request || request.memberId !== call.member.id) {
    throw notFound('token request', call.param('requestId'));
  }
  return request;
}
