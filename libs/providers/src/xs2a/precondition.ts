import { type CallContext, ProviderError } from '../port/index.js';
import { providerId, type Xs2aSettings } from './settings.js';

/** Refuses, before anything is sent, a call without the PSU's IP address where the bank insists on it. */
export function psuAddressRequired(settings: Xs2aSettings, { psu, traceId }: CallContext, operation: string): void {
  if (settings.requirePsuIpAddress !== true || psu.ipAddress !== undefined) return;
  const message =
    "This institution needs the PSU's IP address: send the header PSU-IP-Address. Nothing was sent to it.";
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
