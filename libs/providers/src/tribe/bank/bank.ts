import { X509Certificate } from 'node:crypto';
import { paymentsOnly } from '@tributary/domain';
import {
  type DeskAccount,
  type InboundBank,
  type Provider,
  ProviderError,
  type ProviderDeps,
} from '../../port/index.js';
import { providerId } from '../settings.js';
import { createActionsClient, described, done, issued } from './actions.js';
import { writeAnswer } from './answers.js';
import { prove } from './proof.js';
import { readQuestion } from './questions.js';
import { refusalResponse } from './refusals.js';
import { permissionOf } from './scopes.js';
import { bankDefaults, type BankSettings } from './settings.js';
import { createVerifier } from './signature.js';

interface TribeBank extends InboundBank {
  readonly certificates: NonNullable<Provider['certificates']>;
  close(): Promise<void>;
}

/** We are the bank that Tribe Open Banking asks (BANK API v2). */
export function createBank(settings: BankSettings, deps: ProviderDeps): TribeBank {
  const verifier = createVerifier(settings.tobPublicKeyPem);
  const actions = createActionsClient(settings, deps);
  const oneTimeTokens = settings.oneTimeTokens ?? bankDefaults.oneTimeTokens;
  return {
    institution: settings.institution,
    certificates: certificatesOf(settings),
    confirmationMinutes: settings.confirmationMinutes ?? bankDefaults.confirmationMinutes,
    authorisationMinutes: settings.authorisationMinutes ?? bankDefaults.authorisationMinutes,
    requestIdHours: settings.requestIdHours ?? bankDefaults.requestIdHours,
    fundsBalance: settings.fundsBalance ?? bankDefaults.fundsBalance,
    endStatuses: { ...bankDefaults.endStatuses, ...settings.endStatuses },
    reportSeconds: actions.callSeconds,

    verify: (request) => prove(settings, verifier, request),
    decode: (call) => readQuestion(settings, call),
    encode: (_call, answer) => ({ httpStatus: 200, body: writeAnswer(settings, answer) }),
    refuse: (request, refusal) => refusalResponse(settings, request, refusal, deps.now()),

    oneTime: (permissions) =>
      oneTimeTokens === 'always' || (oneTimeTokens === 'paymentsOnly' && paymentsOnly(permissions)),

    returnUrl(callbackUrl, { status, reference, message }) {
      const outcome = { status, payment_id: reference, ...(message !== undefined && { message }) };
      return withQuery(callbackUrl, new URLSearchParams(outcome));
    },

    async describeAuthorisation(requestUrl, context) {
      const operation = 'describeAuthorisation';
      const answer = await actions.call(operation, '/init_authorization', { requestUrl }, described, context);
      const cancelUrl = trusted(answer.cancelUrl, operation, context.traceId);
      const unknown = answer.scopes.filter((scope) => permissionOf(scope) === undefined);
      if (unknown.length > 0) deps.warn({ operation, message: `unknown scopes: ${unknown.join(' ').slice(0, 200)}` });
      return {
        tpp: { name: answer.tppName ?? null, registration: answer.tppRegistrationNumber ?? null },
        scopes: answer.scopes,
        permissions: [...new Set(answer.scopes.flatMap((scope) => permissionOf(scope) ?? []))],
        unknownScopes: unknown,
        cancelUrl,
      };
    },

    async grant({ id, requestUrl, scopes, accounts }, context) {
      const operation = 'grantConsent';
      const body = { scopes, requestUrl, ...identifiersOf(accounts, settings) };
      const answer = await actions.insist(operation, '/consent', { id, body }, issued, context);
      const validUntil = new Date(answer.validUntil);
      if (Number.isNaN(validUntil.getTime()) || !/^[\x21-\x7e]{1,1024}$/.test(answer.accessToken)) {
        throw drift(operation, context.traceId, 'its token or its end is not one');
      }
      const callbackUrl = trusted(answer.callbackUrl, operation, context.traceId);
      return { token: answer.accessToken, validUntil, callbackUrl };
    },

    async revokeToken(token, context) {
      await actions.call('revokeToken', '/token/revoke', { accessToken: token }, done, context);
    },

    async reportStatus(reference, status, context) {
      const body = { paymentId: reference, paymentStatus: status };
      await actions.call('reportPaymentStatus', '/payments/status', body, done, context);
    },

    async reportPerformance({ date, consentMs, paymentMs }, context) {
      const body = {
        date,
        ...(consentMs !== undefined && { consentDuration: consentMs }),
        ...(paymentMs !== undefined && { paymentDuration: paymentMs }),
      };
      await actions.call('reportDailyPerformance', '/daily_performance', body, done, context);
    },

    close: () => actions.close(),
  };
}

function certificatesOf({ mutualTls }: BankSettings): NonNullable<Provider['certificates']> {
  if (mutualTls?.certificatePem === undefined) return [];
  return [{ purpose: 'mutual TLS', notAfter: new Date(new X509Certificate(mutualTls.certificatePem).validTo) }];
}

/** All ways in which the accounts name themselves; Tribe wants at least one, and our own names are always there. */
function identifiersOf(
  accounts: readonly DeskAccount[],
  settings: Pick<BankSettings, 'consentAccountNumbers'>,
): object {
  const values = (wanted: string) => [
    ...new Set(
      accounts.flatMap(({ identifiers }) =>
        identifiers.filter(({ scheme }) => scheme === wanted).map(({ value }) => value),
      ),
    ),
  ];
  const form = settings.consentAccountNumbers ?? bankDefaults.consentAccountNumbers;
  const [ibans, british] = [values('iban'), values('sortCodeAccountNumber')];
  const numbers = form === 'leftOut' ? [] : british.map((all) => (form === 'alone' ? all.slice(6) : all));
  const accountNumbers = [...new Set(numbers)];
  return {
    ...(ibans.length > 0 && { ibans }),
    accountIds: accounts.map(({ reference }) => reference),
    ...(accountNumbers.length > 0 && { accountNumbers }),
  };
}

/** What the URL says already stays as it is, byte for byte: its owner may have signed it. Only what no header takes is escaped. */
function withQuery(url: string, more: URLSearchParams): string {
  const sendable = Buffer.from(url.trim())
    .toString()
    .replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent);
  const [, before = '', fragment = ''] = /^([^#]*)(.*)$/.exec(sendable) ?? [];
  const joint = !before.includes('?') ? '?' : /[?&]$/.test(before) ? '' : '&';
  return `${before}${joint}${more.toString()}${fragment}`;
}

/** A browser is sent there: nothing but the web. */
function trusted(url: string, operation: string, traceId: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw drift(operation, traceId, 'its URL for the browser is not one of the web');
}

function drift(operation: string, traceId: string, what: string): ProviderError {
  const message = `The answer of Tribe cannot be used: ${what}.`;
  return new ProviderError({ kind: 'malformed', provider: providerId, operation, traceId, message });
}
