import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerStorage } from '@nestjs/throttler';
import { RateCounts, Refusal, SETTINGS, type Settings } from '@tributary/banking';
import type { FastifyRequest } from 'fastify';
import { routeClassOf } from './route-class.js';

/** Asked by machines that watch us, as often as they like. */
const unlimited = /^\/(health|metrics)\b/;

function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}

/** The one limit of a request; how much it allows depends on the route's class. */
const limiting = { name: 'default', ttl: 60_000, limit: 0, setHeaders: true };

/** Counts in `RateCounts`, whose minute is the only window there is. */
class SharedStorage implements ThrottlerStorage {
  constructor(private readonly counts: RateCounts) {}

  increment(key: string, _ttl: number, limit: number): ReturnType<ThrottlerStorage['increment']> {
    const { hits, restMs } = this.counts.hit(key);
    const seconds = Math.ceil(restMs / 1_000);
    const isBlocked = hits > limit;
    return Promise.resolve({
      totalHits: hits,
      timeToExpire: seconds,
      isBlocked,
      timeToBlockExpire: isBlocked ? seconds : 0,
    });
  }
}

/** Limits per app and class of route; per address where nobody is known. After `AccessGuard`, which says who calls. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(RateCounts) counts: RateCounts,
    @Inject(Reflector) reflector: Reflector,
  ) {
    super({ throttlers: [limiting] }, new SharedStorage(counts), reflector);
  }

  /** The library's own would ask the metadata of every route for what no route declares. */
  override canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestOf(context);
    if (unlimited.test(request.url)) return Promise.resolve(true);
    return this.handleRequest({
      context,
      limit: this.settings.rateLimits[routeClassOf(request)],
      ttl: limiting.ttl,
      blockDuration: limiting.ttl,
      throttler: limiting,
      getTracker: () => Promise.resolve(request.principal?.appId ?? request.ip),
      generateKey: (_context, tracker) => `${routeClassOf(request)} ${tracker}`,
    });
  }

  protected override throwThrottlingException(
    context: ExecutionContext,
    { limit, timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    const what = routeClassOf(requestOf(context));
    throw new Refusal('rate_limited', `More than ${limit} requests of the class "${what}" within a minute: wait.`, {
      retryAfterSeconds: Math.max(1, timeToBlockExpire),
    });
  }
}
