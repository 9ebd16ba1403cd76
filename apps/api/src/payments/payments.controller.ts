import { Body, Controller, Get, HttpStatus, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { PaymentsService, Refusal } from '@tributary/banking';
import type { CallContext } from '@tributary/providers';
import type { FastifyReply } from 'fastify';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Call } from '../http/call.decorator.js';
import { exampleId, IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency.js';
import { ApiPage, type Page, pageOf, PageQuery, pageRequest } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import { NewPaymentDto, PaymentDto, PaymentQuery, TimelineEntryDto } from './payment.dto.js';
import { paymentDto, timelineEntryDto, toNewPayment } from './payment.mapping.js';

/** Initiating credit transfers and following them to their end. */
@ApiTags('Payments')
@Scopes('payments')
@Controller('v1/payments')
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

  /**
   * Initiate a payment
   * @remarks Writes the order down, sends it once and answers with the first step for the PSU. The same
   * `Idempotency-Key` gives the same answer, for ever. 202: the order left us and no answer came back; follow the
   * payment, never send it again with another key.
   */
  @Post()
  @ApiBody({
    type: NewPaymentDto,
    examples: {
      transfer: {
        summary: 'A credit transfer; put in an `institutionId` from GET /v1/institutions',
        value: {
          institutionId: exampleId('ins'),
          psu: { id: 'bruno.redirect' },
          amount: { amount: '12.34', currency: 'EUR' },
          creditor: { name: 'Blumen Weber GmbH', account: { iban: 'DE89370400440532013000' } },
          debtor: { account: { iban: 'DE92999433197141106570' } },
          remittance: { unstructured: 'Invoice 2026-1187' },
          redirectUri: 'http://localhost:8080/callback',
        },
      },
    },
  })
  @ApiCreatedResponse({ type: PaymentDto, description: 'The bank has the order.' })
  @ApiAcceptedResponse({ type: PaymentDto, description: 'Nobody knows yet whether the bank has it: `unknown`.' })
  @ApiProblems(
    'invalid_request',
    'idempotency_key_required',
    'idempotency_in_progress',
    'idempotency_mismatch',
    'redirect_uri_not_registered',
    'not_found',
    'no_route',
    'capability_unsupported',
    'payment_rejected',
    'institution_unavailable',
    'institution_quota',
  )
  async initiate(
    @AppId() appId: string,
    @IdempotencyKey() key: string,
    @Body() body: NewPaymentDto,
    @Call() context: CallContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PaymentDto> {
    const { payment, replayed } = await this.payments.initiate(appId, toNewPayment(body), key, context);
    if (replayed) void reply.header('idempotent-replayed', 'true');
    if (payment.status === 'rejected') {
      throw new Refusal(
        'payment_rejected',
        `The bank refused the payment (${payment.isoReason ?? payment.upstreamStatus ?? 'no reason given'}). ` +
          `It is kept as ${payment.id}; a corrected one needs a new key.`,
        { nextAction: { type: 'read', href: `/v1/payments/${payment.id}` } },
      );
    }
    void reply.status(payment.status === 'unknown' ? HttpStatus.ACCEPTED : HttpStatus.CREATED);
    void reply.header('location', `/v1/payments/${payment.id}`);
    return paymentDto(payment);
  }

  /**
   * List payments
   * @remarks Newest first.
   */
  @Get()
  @ApiPage(PaymentDto, 'A page of payments.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: PaymentQuery): Promise<Page<PaymentDto>> {
    const page = pageRequest(query);
    const { status, isoStatus, psuId, from, to } = query;
    const rows = await this.payments.list(appId, { ...page, status, isoStatus, psuId, from, to });
    return pageOf(rows, page.limit, (row) => row.id, paymentDto);
  }

  /**
   * Read a payment
   * @remarks With `PSU-IP-Address` the bank is asked at once; without it the answer is what the worker last heard.
   */
  @Get(':id')
  @ApiOkResponse({ type: PaymentDto, description: 'The payment.' })
  @ApiProblems('not_found')
  async get(@AppId() appId: string, @IdParam('pay') id: string, @Call() context: CallContext): Promise<PaymentDto> {
    return paymentDto(await this.payments.get(appId, id, context));
  }

  /**
   * Read what was said about a payment
   * @remarks Every observation, oldest first, applied or not, and why.
   */
  @Get(':id/timeline')
  @ApiPage(TimelineEntryDto, 'A page of observations.')
  @ApiProblems('invalid_request', 'not_found')
  async timeline(
    @AppId() appId: string,
    @IdParam('pay') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<TimelineEntryDto>> {
    const page = pageRequest(query);
    const rows = await this.payments.timeline(appId, id, page);
    return pageOf(rows, page.limit, (row) => String(row.sequence), timelineEntryDto);
  }

  /**
   * Cancel a payment
   * @remarks Where the route can; the bank has the last word.
   */
  @Post(':id/cancel')
  @ApiCreatedResponse({ type: PaymentDto, description: 'The payment as it is now.' })
  @ApiProblems('not_found', 'conflict', 'capability_unsupported', 'institution_rejected', 'institution_unavailable')
  async cancel(@AppId() appId: string, @IdParam('pay') id: string, @Call() context: CallContext): Promise<PaymentDto> {
    return paymentDto(await this.payments.cancel(appId, id, context));
  }
}
