import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock, PerformanceService } from '@tributary/banking';
import { LRUCache } from 'lru-cache';
import { Public } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Query } from '../http/checked.js';
import { StatusQuery } from './performance.dto.js';
import { finishedQuarters, quarterNamed, quarterOf } from './quarter.js';
import { statusPage } from './status.page.js';

/** Anybody may open the page, so that it must not cost a look into the database each time. */
const keptMs = 10_000;

/** The statistics for people: public, as banks must publish theirs (RTS on SCA, Article 32(4)). */
@ApiTags('Operations')
@Public()
@Controller('status')
export class StatusController {
  private readonly pages = new LRUCache<string, string>({
    max: 16,
    ttl: keptMs,
    fetchMethod: (quarter) => this.render(quarter),
  });

  constructor(
    private readonly performance: PerformanceService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Show how the upstreams do
   * @remarks A page: present state, uptime, average request time and error rate of each connection by day, of the present
   * quarter or of one that is over.
   */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'public, max-age=10')
  @Header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  )
  @ApiProduces('text/html')
  @ApiOkResponse({
    description: 'A page.',
    content: { 'text/html': { schema: { type: 'string' }, example: '<!doctype html>' } },
  })
  @ApiProblems('invalid_request')
  async show(@Query() { quarter }: StatusQuery): Promise<string> {
    const name = quarter ?? quarterOf(this.clock.now()).name;
    return (await this.pages.fetch(name)) ?? '';
  }

  private async render(name: string): Promise<string> {
    const now = this.clock.now();
    const [quarter, present] = [quarterNamed(name), quarterOf(now)];
    const connections = await this.performance.daily({ from: quarter.from, to: quarter.to });
    const since = connections.reduce(
      (first, { connection: { createdAt } }) => (createdAt < first ? createdAt : first),
      now,
    );
    const finished = finishedQuarters(since, now);
    return statusPage({ quarter, current: name === present.name, finished, connections });
  }
}
