import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { PaymentCancellation, PaymentSigners, PaymentsService } from '@tributary/banking';
import type { CallContext } from '@tributary/providers';
import type { FastifyReply } from 'fastify';
import { AuthorisationDto, NewPaymentAuthorisationDto } from '../authorisations/authorisations.dto.js';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Call } from '../http/call.decorator.js';
import { Body, Query } from '../http/checked.js';
import { exampleId, IdParam } from '../http/id-param.js';
import { Idempotent, IdempotencyKey } from '../http/idempotency.js';
import { ApiPage, type Page, pageOf, PageQuery, pageRequest, idKey, sequenceKey } from '../http/page.dto.js';
import { Overseen } from '../http/overseen.js';
import { AppId } from '../http/principal.js';
import { sayInitiated } from './initiation.answer.js';
import { PaymentQuery } from './payment-query.dto.js';
import { NewPaymentDto, PaymentDto } from './payment.dto.js';
import { paymentDto, timelineEntryDto, toNewPayment } from './payment.mapping.js';
import { ApiAuthorisationProblems, ApiCancellationProblems, ApiInitiationProblems } from './payment.problems.js';
import { TimelineEntryDto } from './timeline.dto.js';

/** Initiating credit transfers and following them to their end. */
@ApiTags('Payments')
@Scopes('payments')
@Controller('v1/payments')
export class PaymentsController {
  constructor(
    private readonly payments: PaymentsService,
    private readonly cancellation: PaymentCancellation,
    private readonly signers: PaymentSigners,
  ) {}

  /**
   * Initiate a payment
   * @remarks Writes the order down, sends it once and answers with the first step for the PSU. The same
   * `Idempotency-Key` gives the same answer, for ever. 202: the order left us and no answer came back; follow the
   * payment, never send it again with another key. With `executionDate` it is future-dated, with `recurrence` a standing
   * order.
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
      standingOrder: {
        summary: 'A standing order: the same transfer on the first of every month',
        value: {
          institutionId: exampleId('ins'),
          psu: { id: 'bruno.redirect' },
          amount: { amount: '650.00', currency: 'EUR' },
          creditor: { name: 'Wohnbau eG', account: { iban: 'DE89370400440532013000' } },
          debtor: { account: { iban: 'DE92999433197141106570' } },
          recurrence: { frequency: 'monthly', startDate: '2030-02-01', executionRule: 'following', dayOfExecution: 1 },
          redirectUri: 'http://localhost:8080/callback',
        },
      },
    },
  })
  @ApiCreatedResponse({ type: PaymentDto, description: 'The bank has the order.' })
  @ApiAcceptedResponse({ type: PaymentDto, description: 'Nobody knows yet whether the bank has it: `unknown`.' })
  @ApiInitiationProblems()
  async initiate(
    @AppId() appId: string,
    @IdempotencyKey() key: string,
    @Body() body: NewPaymentDto,
    @Call() context: CallContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PaymentDto> {
    const initiated = await this.payments.initiate(appId, toNewPayment(body), key, context);
    sayInitiated(initiated, '/v1/payments', reply);
    return paymentDto(initiated.payment);
  }

  /**
   * List payments
   * @remarks Newest first.
   */
  @Get()
  @ApiPage(PaymentDto, 'A page of payments.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: PaymentQuery): Promise<Page<PaymentDto>> {
    const page = pageRequest(query, idKey('pay'));
    const { status, isoStatus, psuId, from, to } = query;
    const rows = await this.payments.list(appId, 'single', { ...page, status, isoStatus, psuId, from, to });
    return pageOf(rows, page.limit, (row) => row.id, paymentDto);
  }

  /**
   * Read a payment
   * @remarks With `PSU-IP-Address` the bank is asked at once; without it the answer is what the worker last heard.
   */
  @Get(':id')
  @Overseen()
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
  @Overseen()
  @ApiPage(TimelineEntryDto, 'A page of observations.')
  @ApiProblems('invalid_request', 'not_found')
  async timeline(
    @AppId() appId: string,
    @IdParam('pay') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<TimelineEntryDto>> {
    const page = pageRequest(query, sequenceKey);
    const rows = await this.payments.timeline(appId, id, page);
    return pageOf(rows, page.limit, (row) => String(row.sequence), timelineEntryDto);
  }

  /**
   * Cancel a payment
   * @remarks Where the route can; the bank has the last word, so look at `status`. Some banks want an SCA even for that:
   * then `nextStep` says so. A standing order is ended so. Safe to repeat.
   */
  @Post(':id/cancel')
  @ApiCreatedResponse({ type: PaymentDto, description: 'The payment as it is now.' })
  @ApiCancellationProblems()
  async cancel(@AppId() appId: string, @IdParam('pay') id: string, @Call() context: CallContext): Promise<PaymentDto> {
    return paymentDto(await this.cancellation.cancel(appId, id, context));
  }

  /**
   * Authorise a payment once more
   * @remarks The SCA of the next signer, where several have to authorise (`isoStatus` PATC): name them in `psu`. Without
   * it, a new SCA of the payment's own PSU; one of theirs that is still open ends. Where several have to agree to a
   * cancellation, too, `subject` says that this one is meant.
   */
  @Post(':id/authorisations')
  @Idempotent()
  @ApiCreatedResponse({ type: AuthorisationDto, description: 'The authorisation, with its first step.' })
  @ApiAuthorisationProblems()
  authorise(
    @AppId() appId: string,
    @IdParam('pay') id: string,
    @Body() body: NewPaymentAuthorisationDto,
    @Call() context: CallContext,
  ): Promise<AuthorisationDto> {
    return this.signers.authorise(appId, id, body, context);
  }
}
