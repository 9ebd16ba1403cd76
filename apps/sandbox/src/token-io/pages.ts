import { ApiError } from './api-error.js';
import type { Call } from './call.js';

/** One page of a list and the offset of the next one. Offsets name the last item seen, so that new items in front move nothing. */
export interface PageOf<T> {
  items: T[];
  limit: number;
  offset: string;
  /** Empty on the last page. */
  next: string;
}

/**
 * Cuts a page out of a list.
 * @param newestFirst all items, in the order in which they are listed.
 * @throws ApiError when the offset is not one of ours.
 */
export function pageOf<T>(items: readonly T[], limit: number, offset: string, idOf: (item: T) => string): PageOf<T> {
  const lastSeen = Buffer.from(offset, 'base64url').toString('utf8');
  const start = offset === '' ? 0 : lastSeen === '^' ? 0 : items.findIndex((item) => idOf(item) === lastSeen) + 1;
  if (offset !== '' && lastSeen !== '^' && start === 0) {
    throw new ApiError(400, 'is not an offset of this list', { errorCode: 'Field.Invalid', paths: ['offset'] });
  }
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  const more = start + limit < items.length;
  return {
    items: page,
    limit,
    offset: offset === '' && page.length > 0 ? encode('^') : offset,
    next: more && last !== undefined ? encode(idOf(last)) : '',
  };
}

/** Dialect A: `limit` and `offset`, answered by `pageInfo`; a limit over 200, of 0 or none is 200. */
export function pageInfoPage<T>(call: Call, items: readonly T[], idOf: (item: T) => string): PageOf<T> {
  const limit = readLimit(call, 'limit') ?? 0;
  return pageOf(items, limit === 0 || limit > 200 ? 200 : limit, call.query('offset') ?? '', idOf);
}

export function pageInfo<T>({ items, limit, offset, next }: PageOf<T>): Record<string, unknown> {
  return { limit, offset, nextOffset: items.length === 0 ? offset : next, haveMore: next !== '' };
}

/** Dialect C: `page.limit` (must be given, at most 200) and `page.offset`, answered by `offset` beside the list. */
export function dottedPage<T>(call: Call, items: readonly T[], idOf: (item: T) => string): PageOf<T> {
  const limit = readLimit(call, 'page.limit');
  if (limit === undefined || limit < 1 || limit > 200) {
    throw new ApiError(400, 'must be from 1 to 200', { errorCode: 'Field.Invalid', paths: ['page.limit'] });
  }
  const page = pageOf(items, limit, call.query('page.offset') ?? '', idOf);
  const own = call.query('page.offset') ?? page.offset;
  return page.next === '' && call.hub.profile.lastPage === 'repeat' ? { ...page, next: own } : page;
}

/** Dialect D: `page` from 1 and `perPage`, answered by `paging`. */
export function numberedPage<T>(call: Call, items: readonly T[]): { items: T[]; paging: Record<string, number> } {
  const page = Math.max(readLimit(call, 'page') ?? 1, 1);
  const perPage = Math.min(readLimit(call, 'perPage') || 200, 200);
  return {
    items: items.slice((page - 1) * perPage, page * perPage),
    paging: { page, perPage, pageCount: Math.ceil(items.length / perPage), totalCount: items.length },
  };
}

function readLimit(call: Call, name: string): number | undefined {
  const text = call.query(name);
  if (text === undefined) {
    return undefined;
  }
  if (!/^\d{1,9}$/.test(text)) {
    throw new ApiError(400, 'must be a whole number', { errorCode: 'Field.InvalidFormat', paths: [name] });
  }
  return Number(text);
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
