import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import {
  CLOCK,
  type Clock,
  type ConnectionPerformance,
  type Performance,
  PerformanceService,
  type Principal,
  Refusal,
} from '@tributary/banking';
import type { FastifyReply } from 'fastify';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Query } from '../http/checked.js';
import { Caller } from '../http/principal.js';
import { performanceCsv } from './performance.csv.js';
import { type ConnectionPerformanceDto, PerformanceQuery, PerformanceReportDto } from './performance.dto.js';
import { quarterOf } from './quarter.js';
import { preferredFormat } from './report-format.js';

const longestMs = 366 * 86_400_000;

/**
 * How the upstreams did, and what we did where somebody calls us. Connections belong to the installation and every app sees them
 * in the routes of institutions, so whoever may read those may read how upstreams did; it has nothing of any tenant. What was
 * asked of a bank is that bank's own business: an app sees it of itself, an administrator of all.
 */
@ApiTags('Operations')
@Scopes('institutions', 'bank', 'admin')
@Controller('v1/reports')
export class PerformanceController {
  constructor(
    private readonly performance: PerformanceService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Read the daily performance of the upstreams
   * @remarks Per connection and UTC day: uptime, average request time, error rate, measured by us over all requests. JSON,
   * or CSV by `format` or the Accept header. The same as a page: [/status](/status). With `activity` how you did as a bank.
   */
  @Get('performance')
  @ApiExtraModels(PerformanceReportDto)
  @ApiOkResponse({
    description: 'The report.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(PerformanceReportDto) } },
      'text/csv': { schema: { type: 'string' }, example: 'date,connectionId,...' },
    },
  })
  @ApiProblems('invalid_request', 'not_found')
  async read(
    @Caller() { appId, scopes }: Principal,
    @Query() { connectionId, activity = 'call', format, ...window }: PerformanceQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PerformanceReportDto | string> {
    const now = this.clock.now();
    const { from = quarterOf(now).from, to = now.toISOString().slice(0, 10) } = window;
    const spanMs = Date.parse(to) - Date.parse(from);
    if (spanMs < 0 || spanMs > longestMs) {
      throw new Refusal('invalid_request', 'Ask for 1 to 367 days: from is the first one, to the last.', {
        errors: [{ pointer: '/query/to', code: 'invalid', message: 'must be 0 to 366 days after from' }],
      });
    }
    const ownOnly = activity !== 'call' && !scopes.includes('admin');
    const wanted = { connectionId, activity, from, to, ...(ownOnly && { bankAppId: appId }) };
    const connections = await this.performance.daily(wanted);
    void reply.header('vary', 'accept');
    if ((format ?? preferredFormat(accept)) === 'json')
      return { activity, from, to, connections: connections.map(view) };
    const name = activity === 'call' ? 'performance' : `performance-${activity}`;
    void reply
      .header('content-type', 'text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="${name}-${from}-${to}.csv"`);
    return performanceCsv(connections);
  }
}

function view({ connection, downSince, summary, days }: ConnectionPerformance): ConnectionPerformanceDto {
  const { id, provider, environment, name } = connection;
  return {
    connectionId: id,
    provider,
    environment,
    name,
    downSince,
    summary: rounded(summary),
    days: days.map((day) => rounded(day)),
  };
}

/** Four decimals are 9 seconds of a day. */
function rounded<Figures extends Performance>(figures: Figures): Figures {
  const { uptimePercent, errorPercent } = figures;
  return {
    ...figures,
    uptimePercent: Number(uptimePercent.toFixed(4)),
    errorPercent: Number(errorPercent.toFixed(4)),
  };
}
