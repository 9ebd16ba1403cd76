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
import { BulkPaymentDto, ListedBulkPaymentDto, NewBulkPaymentDto } from './bulk-payment.dto.js';
import { sayInitiated } from './initiation.answer.js';
import { PaymentQuery } from './payment-query.dto.js';
import { bulkPaymentDto, listedBulkPaymentDto, timelineEntryDto, toNewBulkPayment } from './payment.mapping.js';
import { ApiAuthorisationProblems, ApiCancellationProblems, ApiInitiationProblems } from './payment.problems.js';
import { TimelineEntryDto } from './timeline.dto.js';

/** Many credit transfers from one account, authorised together. */
@ApiTags('Bulk payments')
@Scopes('payments')
@Controller('v1/bulk-payments')
export class BulkPaymentsController {
  constructor(
    private readonly payments: PaymentsService,
    private readonly cancellation: PaymentCancellation,
    private readonly signers: PaymentSigners,
  ) {}

  /**
   * Initiate a bulk payment
   * @remarks One debtor, 1 to 1000 items in one currency, and their exact sum. Sent once, as a single payment is: the same
   * `Idempotency-Key` gives the same answer, for ever. 202: the order left us and no answer came back; follow the
   * payment, never send it again with another key.
   */
  @Post()
  @ApiBody({
    type: NewBulkPaymentDto,
    examples: {
      salaries: {
        summary: 'Two transfers and their sum; put in an `institutionId` from GET /v1/institutions',
        value: {
          institutionId: exampleId('ins'),
          psu: { id: 'bruno.redirect' },
          debtor: { account: { iban: 'DE92999433197141106570' } },
          items: [
            {
              amount: { amount: '1200.00', currency: 'EUR' },
              creditor: { name: 'Anna Schmidt', account: { iban: 'DE89370400440532013000' } },
              endToEndId: 'SAL-2026-11-0001',
            },
            {
              amount: { amount: '1300.50', currency: 'EUR' },
              creditor: { name: 'Emil Weber', account: { iban: 'DE02120300000000202051' } },
              endToEndId: 'SAL-2026-11-0002',
            },
          ],
          controlSum: { amount: '2500.50', currency: 'EUR' },
          batchBooking: true,
          redirectUri: 'http://localhost:8080/callback',
        },
      },
    },
  })
  @ApiCreatedResponse({ type: BulkPaymentDto, description: 'The bank has the order.' })
  @ApiAcceptedResponse({ type: BulkPaymentDto, description: 'Nobody knows yet whether the bank has it: `unknown`.' })
  @ApiInitiationProblems()
  async initiate(
    @AppId() appId: string,
    @IdempotencyKey() key: string,
    @Body() body: NewBulkPaymentDto,
    @Call() context: CallContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkPaymentDto> {
    const initiated = await this.payments.initiate(appId, toNewBulkPayment(body), key, context);
    sayInitiated(initiated, '/v1/bulk-payments', reply);
    return bulkPaymentDto(initiated.payment);
  }

  /**
   * List bulk payments
   * @remarks Newest first, without their items.
   */
  @Get()
  @ApiPage(ListedBulkPaymentDto, 'A page of bulk payments.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: PaymentQuery): Promise<Page<ListedBulkPaymentDto>> {
    const page = pageRequest(query, idKey('blk'));
    const { status, isoStatus, psuId, from, to } = query;
    const rows = await this.payments.list(appId, 'bulk', { ...page, status, isoStatus, psuId, from, to });
    return pageOf(rows, page.limit, (row) => row.id, listedBulkPaymentDto);
  }

  /**
   * Read a bulk payment
   * @remarks With its items and what the bank said about each. With `PSU-IP-Address` the bank is asked at once.
   */
  @Get(':id')
  @Overseen()
  @ApiOkResponse({ type: BulkPaymentDto, description: 'The bulk payment.' })
  @ApiProblems('not_found')
  async get(@AppId() appId: string, @IdParam('blk') id: string, @Call() context: CallContext): Promise<BulkPaymentDto> {
    return bulkPaymentDto(await this.payments.get(appId, id, context));
  }

  /**
   * Read what was said about a bulk payment
   * @remarks Every observation, oldest first, applied or not, and why.
   */
  @Get(':id/timeline')
  @Overseen()
  @ApiPage(TimelineEntryDto, 'A page of observations.')
  @ApiProblems('invalid_request', 'not_found')
  async timeline(
    @AppId() appId: string,
    @IdParam('blk') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<TimelineEntryDto>> {
    const page = pageRequest(query, sequenceKey);
    const rows = await this.payments.timeline(appId, id, page);
    return pageOf(rows, page.limit, (row) => String(row.sequence), timelineEntryDto);
  }

  /**
   * Cancel a bulk payment
   * @remarks All of it, where the route can; the bank has the last word, so look at `status`. Some banks want an SCA even
   * for that: then `nextStep` says so. Safe to repeat.
   */
  @Post(':id/cancel')
  @ApiCreatedResponse({ type: BulkPaymentDto, description: 'The bulk payment as it is now.' })
  @ApiCancellationProblems()
  async cancel(
    @AppId() appId: string,
    @IdParam('blk') id: string,
    @Call() context: CallContext,
  ): Promise<BulkPaymentDto> {
    return bulkPaymentDto(await this.cancellation.cancel(appId, id, context));
  }

  /**
   * Authorise a bulk payment once more
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
    @IdParam('blk') id: string,
    @Body() body: NewPaymentAuthorisationDto,
    @Call() context: CallContext,
  ): Promise<AuthorisationDto> {
    return this.signers.authorise(appId, id, body, context);
  }
}
