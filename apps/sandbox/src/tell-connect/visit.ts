import type { FastifyRequest } from 'fastify';
import type { Instances } from '../kit/instances.js';
import { PostedForm } from '../kit/posted-form.js';
import { notFound } from './api-error.js';
import type { CallParts } from './call.js';
import type { Environment } from './consent.js';
import type { Platform } from './platform.js';

/** All instances, and the origin for links if it is set. */
export interface Site {
  platforms: Instances<Platform>;
  publicUrl: string | undefined;
}

/** One request to a page or a control. */
export interface Visit {
  platform: Platform;
  /** Path before everything of this instance, such as `/tell-connect@other`. */
  prefix: string;
  /** The prefix with the origin. */
  site: string;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  form: PostedForm;
  body: Buffer;
}

/**
 * Finds the instance that a path names and lets there happen what is due.
 * @throws ApiError 404 for a name that is not well formed.
 */
export async function openVisit(site: Site, request: FastifyRequest): Promise<Visit> {
  const { instance, ...params } = request.params as Record<string, string>;
  const platform = site.platforms.find(instance);
  if (!platform) {
    throw notFound('instance: use a-z, 0-9 and - (at most 64 of them)');
  }
  platform.catchUp();
  const prefix = instance === undefined ? '/tell-connect' : `/tell-connect@${instance}`;
  const origin = site.publicUrl ?? `${request.protocol}://${request.host}`;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const form = await PostedForm.read(request.headers['content-type'] ?? '', body);
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  return { platform, prefix, site: origin + prefix, params, query, form, body };
}

/** The same for a call of the API below `/{version}`. */
export async function openParts(
  site: Site,
  request: FastifyRequest,
  environment: Environment,
  version: string,
): Promise<CallParts> {
  const { platform, prefix, params, body, site: here } = await openVisit(site, request);
  const path = (request.url.split('?')[0] ?? '').slice(`${prefix}/${version}`.length);
  return { platform, environment, method: request.method, path, params, headers: request.headers, body, site: here };
}
