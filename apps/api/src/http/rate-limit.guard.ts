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
    @Inject(SETTINGS) settings: Settings,
    @Inject(RateCounts) counts: RateCounts,
    @Inject(Reflector) reflector: Reflector,
  ) {
    super(
      {
        throttlers: [
          { ttl: 60_000, limit: (context) => settings.rateLimits[routeClassOf(requestOf(context))], setHeaders: true },
        ],
        skipIf: (context) => unlimited.test(requestOf(context).url),
        getTracker: (_request, context) => {
          const { principal, ip } = requestOf(context);
          return principal?.appId ?? ip;
        },
        generateKey: (context, tracker) => `${routeClassOf(requestOf(context))} ${tracker}`,
      },
      new SharedStorage(counts),
      reflector,
    );
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
