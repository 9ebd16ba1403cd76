import { Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { BankPaymentsService } from '@tributary/banking';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Body, Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { ApiPage, idKey, type Page, pageOf, pageRequest } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import {
  bankPaymentDetails,
  BankPaymentDetailsDto,
  BankPaymentDto,
  BankPaymentQuery,
  BankPaymentStatusDto,
  bankPaymentView,
  ConfirmDto,
} from './bank-payment.dto.js';

/** Payments that TPPs ask for, from your customers' accounts. */
@ApiTags('Being the bank')
@Scopes('bank')
@Controller('v1/bank/payments')
export class BankPaymentsController {
  constructor(private readonly payments: BankPaymentsService) {}

  /**
   * List the payments that TPPs ask for
   * @remarks Oldest first. The event `bank.payment.requested` tells of one that its customer confirmed: execute it and
   * say how it goes.
   */
  @Get()
  @ApiPage(BankPaymentDto, 'A page of payments.')
  @ApiProblems('invalid_request')
  async list(
    @AppId() appId: string,
    @Query() { isoStatus, confirmed, ...query }: BankPaymentQuery,
  ): Promise<Page<BankPaymentDto>> {
    const rows = await this.payments.list(appId, { isoStatus, confirmed }, pageRequest(query, idKey('bpy')));
    return pageOf(rows, query.limit, ({ id }) => id, bankPaymentView);
  }

  /**
   * Read a payment that a TPP asks for
   * @remarks With its items and every status that it had.
   */
  @Get(':id')
  @ApiOkResponse({ type: BankPaymentDetailsDto, description: 'The payment.' })
  @ApiProblems('not_found')
  async get(@AppId() appId: string, @IdParam('bpy') id: string): Promise<BankPaymentDetailsDto> {
    const { payment, history } = await this.payments.get(appId, id);
    return bankPaymentDetails(payment, history);
  }

  /**
   * Say how the execution goes
   * @remarks The hub is told of every change, until it says that it knows. The same status again changes nothing. A move
   * that a bank may not announce is refused, and nothing is sent. Before the customer has confirmed, a payment can only
   * wait (ACTC, PATC, PDNG) or end (RJCT, CANC).
   */
  @Post(':id/status')
  @HttpCode(HttpStatus.OK)
  @Idempotent()
  @ApiOkResponse({ type: BankPaymentDto, description: 'The payment as it is now.' })
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  async report(
    @AppId() appId: string,
    @IdParam('bpy') id: string,
    @Body() { status, reason }: BankPaymentStatusDto,
  ): Promise<BankPaymentDto> {
    return bankPaymentView(await this.payments.report(appId, id, status, reason));
  }

  /**
   * Confirm it for your customer
   * @remarks For banks with a confirmation page of their own; the hosted page does the same. A payment that the funds do
   * not cover any more is declined (RJCT) instead.
   */
  @Post(':id/confirm')
  @HttpCode(HttpStatus.OK)
  @Idempotent()
  @ApiOkResponse({ type: BankPaymentDto, description: 'The payment as it is now.' })
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  async confirm(
    @AppId() appId: string,
    @IdParam('bpy') id: string,
    @Body() { psuId, accountReference }: ConfirmDto,
  ): Promise<BankPaymentDto> {
    const wish = { psuId, debtorReference: accountReference, source: 'app' } as const;
    return bankPaymentView(await this.payments.confirm(appId, id, wish));
  }
}
