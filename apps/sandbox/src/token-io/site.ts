import type { FastifyRequest } from 'fastify';
import type { Fault } from '../kit/faults.js';
import type { Instances } from '../kit/instances.js';
import { Call } from './call.js';
import type { Hub, HubFault } from './hub.js';

/** The hubs, and the origin for links if it is set. */
export interface Site {
  hubs: Instances<Hub>;
  publicUrl: string | undefined;
}

/** Finds the hub that a path names, such as `/token-io@slow/...`, and lets there happen what is due. */
export function openCall(
  site: Site,
  request: FastifyRequest,
  faults: readonly Fault<HubFault>[] = [],
): Call | undefined {
  const { hub: name, ...params } = request.params as Record<string, string>;
  const hub = site.hubs.find(name);
  if (!hub) {
    return undefined;
  }
  hub.catchUp();
  const prefix = name === undefined ? '/token-io' : `/token-io@${name}`;
  const base = `${site.publicUrl ?? `${request.protocol}://${request.host}`}${prefix}`;
  const query = request.url.split('?').slice(1).join('?');
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return new Call(hub, base, params, request.headers, query, bytes, faults);
}
