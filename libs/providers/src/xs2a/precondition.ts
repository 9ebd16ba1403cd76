import { type CallContext, ProviderError } from '../port/index.js';
import { psuRequest } from './headers.js';
import { providerId, type Xs2aSettings } from './settings.js';

/** Refuses, before anything is sent, a call without a header about the PSU that the bank insists on. */
export function psuHeadersRequired(settings: Xs2aSettings, context: CallContext, operation: string): void {
  const required = new Set(settings.profile?.requiredPsuHeaders);
  if (settings.requirePsuIpAddress === true) required.add('PSU-IP-Address');
  const given = psuRequest(context);
  const missing = [...required].find((name) => given[name] === undefined);
  if (missing === undefined) return;
  const message = `This institution needs a fact about the PSU: send the header ${missing}. Nothing was sent to it.`;
  const { traceId } = context;
  throw new ProviderError({ kind: 'unsupported', provider: providerId, operation, traceId, message });
}

/** Refuses a consent for payments in its session where the bank has none. */
export function combinedServiceOffered(
  settings: Xs2aSettings,
  wanted: boolean | undefined,
  context: CallContext,
  operation: string,
): void {
  if (wanted !== true || settings.combinedService === true) return;
  const message = 'This institution has no payments in the session of a consent. Nothing was sent to it.';
  const { traceId } = context;
  throw new ProviderError({ kind: 'unsupported', provider: providerId, operation, traceId, message });
}

/** The upstream's reference, for a call that cannot be made without one. */
export function known(reference: string | null, operation: string, { traceId }: CallContext): string {
  if (reference !== null) return reference;
  const message =
    'The institution has not named this yet: its authorisation, or the answer to its creation, is still missing.';
  throw new ProviderError({ kind: 'not-found', provider: providerId, operation, traceId, message });
}

/** Outside an SCA nobody entered anything: credentials that are refused there mean that the bank does not know this PSU. */
export async function withoutPsuStep<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'psu-credentials') throw error;
    const message = 'The institution does not know this PSU, or not in this way; check psu.id and psu.corporateId.';
    throw new ProviderError({ ...error.facts, kind: 'rejected', message });
  }
}
