import type { FastifyRequest } from 'fastify';
import { readParts } from './payments/multipart.js';

/** A body as received: the bytes for digests, and the parts if it is multipart/form-data. */
export interface ReceivedBody {
  bytes: Buffer;
  parts?: ReadonlyMap<string, string> | undefined;
}

/** Reads a body once, whatever it is. */
export async function readBody(request: FastifyRequest): Promise<ReceivedBody> {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { bytes, parts: await readParts(request.headers['content-type'] ?? '', bytes) };
}
