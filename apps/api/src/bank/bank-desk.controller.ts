import { Controller, Get, HttpCode, HttpStatus, Post, Put } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { BankPerformance, DeskLoginService } from '@tributary/banking';
import { IsBoolean, IsOptional, IsUrl } from 'class-validator';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Body } from '../http/checked.js';
import { idSchema } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { AppId } from '../http/principal.js';
import { IsBankDate } from '../http/time.validator.js';

/** Where your customers log in. */
export class PutDeskDto {
  /**
   * Your login page, over https; null: you have none, and decide through this API. The browser comes with `request`, a JWT (HS256 with
   * the secret) whose `returnUrl` it goes back to with `login`, a JWT of yours: `iss` your app's id, `aud` its `iss`, `sub`
   * the customer, `nonce` its `nonce`, `iat`, `exp`.
   */
  @ApiProperty({ type: 'string', nullable: true, maxLength: 2000, example: 'https://bank.example.com/login' })
  @IsOptional()
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false })
  loginUrl: string | null;
  /** Make a new secret. */
  @ApiPropertyOptional({ type: 'boolean', default: false })
  @IsOptional()
  @IsBoolean()
  rotateSecret?: boolean;
}

export class DeskDto {
  @ApiProperty({ type: 'string', nullable: true, example: 'https://bank.example.com/login' })
  loginUrl: string | null;
  /** Shown once, when it was made. */
  @ApiPropertyOptional({ type: 'string', example: 'bls_...' })
  loginSecret?: string;
}

export class ReportDayDto {
  /** A day that is over, or today. @example 2026-11-19 */
  @IsBankDate()
  date: string;
}

/** What the hub behind one connection is told about a day. */
export class DayPerformanceDto {
  @ApiProperty(idSchema('cnn'))
  connectionId: string;
  @ApiProperty({ type: 'string', format: 'date', example: '2026-11-19' })
  date: string;
  /** How long customers took to consent, on average; null: nobody did. */
  @ApiProperty({ type: 'integer', nullable: true, example: 51144 })
  consentMs: number | null;
  /** How long they took to confirm a payment. */
  @ApiProperty({ type: 'integer', nullable: true, example: 21215 })
  paymentMs: number | null;
}

export class DayPerformancesDto {
  @ApiProperty({ type: [DayPerformanceDto] })
  data: DayPerformanceDto[];
}

/** The bank itself. */
@ApiTags('Being the bank')
@Scopes('bank')
@Controller('v1/bank')
export class BankDeskController {
  constructor(
    private readonly logins: DeskLoginService,
    private readonly performance: BankPerformance,
  ) {}

  /**
   * Read how your customers log in
   * @remarks On the hosted pages.
   */
  @Get('desk')
  @ApiOkResponse({ type: DeskDto, description: 'The login.' })
  async get(@AppId() appId: string): Promise<DeskDto> {
    return { loginUrl: (await this.logins.get(appId))?.loginUrl ?? null };
  }

  /**
   * Set how your customers log in
   * @remarks On the hosted pages. A new URL gets a new secret, which is shown once. Without a login of yours the hosted
   * pages wait for your decision through this API; only in a sandbox they have a demo login.
   */
  @Put('desk')
  @ApiOkResponse({ type: DeskDto, description: 'The login, and its secret where it is new.' })
  @ApiProblems('invalid_request')
  async put(@AppId() appId: string, @Body() { loginUrl, rotateSecret = false }: PutDeskDto): Promise<DeskDto> {
    const secret = await this.logins.put(appId, loginUrl ?? null, rotateSecret);
    return { loginUrl: loginUrl ?? null, ...(secret !== null && { loginSecret: secret }) };
  }

  /**
   * Report the performance of a day
   * @remarks Hubs are told about every day by themselves, from our own measurements. This tells them about one day again.
   */
  @Post('daily-performance')
  @HttpCode(HttpStatus.ACCEPTED)
  @Idempotent()
  @ApiAcceptedResponse({ type: DayPerformancesDto, description: 'What the hubs are told now.' })
  @ApiProblems('invalid_request')
  async report(@AppId() appId: string, @Body() { date }: ReportDayDto): Promise<DayPerformancesDto> {
    const told = await this.performance.report(appId, date);
    return {
      data: told.map(({ connectionId, performance: { consentMs = null, paymentMs = null } }) => ({
        connectionId,
        date,
        consentMs,
        paymentMs,
      })),
    };
  }
}
