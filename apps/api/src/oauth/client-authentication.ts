import type { FastifyRequest } from 'fastify';
import { OAuthError } from './oauth-error.js';

export interface ClientSecret {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The form of the token endpoint. @throws OAuthError for anything else, and for a repeated parameter (section 3.2) */
export function tokenForm(body: unknown): ReadonlyMap<string, string> {
  if (!(body instanceof URLSearchParams)) {
    throw new OAuthError('invalid_request', 'Send the parameters as application/x-www-form-urlencoded.');
  }
  const form = new Map(body);
  if (form.size !== [...body.keys()].length) throw new OAuthError('invalid_request', 'A parameter is repeated.');
  return form;
}

/** Client id and secret, by HTTP Basic or in the form, never both (RFC 6749 section 2.3.1). @throws OAuthError */
export function clientSecretOf(request: FastifyRequest, form: ReadonlyMap<string, string>): ClientSecret {
  const { authorization } = request.headers;
  const formId = form.get('client_id');
  const formSecret = form.get('client_secret');
  if (authorization !== undefined) {
    const basic = readBasic(authorization);
    if (!basic) throw new OAuthError('invalid_client', 'The Authorization header is not HTTP Basic.');
    if (formSecret !== undefined || (formId !== undefined && formId !== basic.clientId)) {
      throw new OAuthError('invalid_request', 'Authenticate in one way: HTTP Basic or the form.');
    }
    return basic;
  }
  if (formId && formSecret) return { clientId: formId, clientSecret: formSecret };
  throw new OAuthError('invalid_client', 'Authenticate with HTTP Basic, or with client_id and client_secret.');
}

/** Both parts are form-encoded before they are put together. */
function readBasic(header: string): ClientSecret | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(header)?.[1];
  const text = encoded && Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text ? text.indexOf(':') : -1;
  if (!text || colon < 1) return undefined;
  try {
    return { clientId: decode(text.slice(0, colon)), clientSecret: decode(text.slice(colon + 1)) };
  } catch {
    return undefined;
  }
}

const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
