import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Queues } from '@tributary/queues';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Public } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { HealthDto } from './operations.dto.js';

/** A server that does not answer within this is as good as down. */
const patienceMs = 2_000;

@ApiTags('Operations')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: DataSource,
    private readonly queues: Queues,
  ) {}

  /**
   * Is the process alive?
   * @remarks Asks nothing else. If it fails, restart the process.
   */
  @Get('live')
  @Header('cache-control', 'no-store')
  live(): HealthDto {
    return { status: 'ok', checks: {} };
  }

  /**
   * Can the process do its work?
   * @remarks Asks the database and the queue. If it fails, send it no requests.
   */
  @Get('ready')
  @Header('cache-control', 'no-store')
  @ApiProblems('not_ready')
  async ready(): Promise<HealthDto> {
    const { status, details } = await this.health.check([
      () => this.ask('database', () => this.database.query('SELECT 1')),
      () => this.ask('queue', () => this.queues.ping()),
    ]);
    if (status !== 'ok') throw new ServiceUnavailableException();
    return {
      status,
      checks: Object.fromEntries(Object.entries(details).map(([name, found]) => [name, found.status])),
    };
  }

  private async ask(name: string, question: () => Promise<unknown>): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    const late = new AbortController();
    try {
      const limit = pause(patienceMs, undefined, { signal: late.signal }).then(() => {
        throw new Error('no answer');
      });
      // Whoever comes second in this race must not end the process.
      limit.catch(() => undefined);
      await Promise.race([question(), limit]);
      return indicator.up();
    } catch {
      return indicator.down();
    } finally {
      late.abort();
    }
  }
}
