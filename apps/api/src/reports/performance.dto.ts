import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { activities, type Activity } from '@tributary/banking';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { idSchema } from '../http/id-param.js';
import { IsBankDate } from '../http/time.validator.js';
import { quarterPattern } from './quarter.js';
import { reportFormats, type ReportFormat } from './report-format.js';

/** What the report is about. */
export class PerformanceQuery {
  /** Only this connection. */
  @ApiPropertyOptional(idSchema('cnn'))
  @IsOptional()
  @Matches(/^cnn_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, { message: 'connectionId must be the id of a connection' })
  connectionId?: string;

  /**
   * What is counted: `call` (without it) our requests to the upstream. Where somebody calls you as the bank: `request` what
   * they asked, `consent` and `payment` how long customers took at the hosted pages from the first sight to their yes. Uptime is
   * known of calls only.
   */
  @ApiPropertyOptional({ enum: activities })
  @IsOptional()
  @IsIn(activities)
  activity?: Activity;

  /** First day, UTC; the first of the present quarter without it. */
  @IsOptional()
  @IsBankDate()
  from?: string;

  /** Last day, UTC; today without it. At most 366 days after the first. */
  @IsOptional()
  @IsBankDate()
  to?: string;

  /** Wins over the Accept header. */
  @ApiPropertyOptional({ enum: reportFormats })
  @IsOptional()
  @IsIn(reportFormats)
  format?: ReportFormat;
}

/** Which quarter the page shows. */
export class StatusQuery {
  /** The present one without it. */
  @ApiPropertyOptional({ type: 'string', pattern: quarterPattern.source, example: '2026-Q3' })
  @IsOptional()
  @Matches(quarterPattern, { message: 'quarter must be such as 2026-Q3' })
  quarter?: string;
}

/** How an upstream did for us. */
export class PerformanceDto {
  /**
   * 100 less the share of the time in which it was down: from the first of five requests in a row without an answer in 30
   * seconds, until the next answered one. 100 without requests.
   */
  @ApiProperty({ type: 'number', minimum: 0, maximum: 100, example: 99.95 })
  uptimePercent: number;
  /** Of answered requests; null without any. */
  @ApiProperty({ type: 'integer', nullable: true, example: 180 })
  averageMs: number | null;
  /** Requests that failed on its side: no answer, 5xx, 429. 0 without requests. */
  @ApiProperty({ type: 'number', minimum: 0, maximum: 100, example: 0.25 })
  errorPercent: number;
  @ApiProperty({ type: 'integer', example: 1200 })
  calls: number;
  @ApiProperty({ type: 'integer', example: 3 })
  errors: number;
  @ApiProperty({ type: 'integer', example: 43 })
  downSeconds: number;
}

/** A UTC day; today as far as it has come. */
export class PerformanceDayDto extends PerformanceDto {
  @ApiProperty({ type: 'string', format: 'date', example: '2026-07-23' })
  date: string;
}

/** One connection. */
export class ConnectionPerformanceDto {
  @ApiProperty(idSchema('cnn'))
  connectionId: string;
  /** @example tell-connect */
  provider: string;
  /** @example production */
  environment: string;
  /** @example Pockit */
  name: string;
  /** Since when it is down; null while it answers. */
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  downSince: Date | null;
  /** Over all days listed. */
  summary: PerformanceDto;
  /** Oldest first; none before the connection was made, none to come. */
  @ApiProperty({ type: [PerformanceDayDto] })
  days: PerformanceDayDto[];
}

export class PerformanceReportDto {
  @ApiProperty({ enum: activities })
  activity: Activity;
  @ApiProperty({ type: 'string', format: 'date', example: '2026-07-01' })
  from: string;
  @ApiProperty({ type: 'string', format: 'date', example: '2026-07-23' })
  to: string;
  @ApiProperty({ type: [ConnectionPerformanceDto] })
  connections: ConnectionPerformanceDto[];
}
