import { Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { BankAuthorisationsService } from '@tributary/banking';
import type { CallContext } from '@tributary/providers';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Trace } from '../http/call.decorator.js';
import { Body, Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { ApiPage, idKey, type Page, pageOf, pageRequest } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import { ApproveDto, BankAuthorisationDto, BankAuthorisationQuery, bankAuthorisationView } from './bank-access.dto.js';

/** TPPs that ask your customers for access. */
@ApiTags('Being the bank')
@Scopes('bank')
@Controller('v1/bank/authorisations')
export class BankAuthorisationsController {
  constructor(private readonly authorisations: BankAuthorisationsService) {}

  /**
   * List what TPPs ask for
   * @remarks Oldest first. The event `bank.authorisation.requested` tells of a new one.
   */
  @Get()
  @ApiPage(BankAuthorisationDto, 'A page of authorisations.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: BankAuthorisationQuery): Promise<Page<BankAuthorisationDto>> {
    const rows = await this.authorisations.list(appId, query.status, pageRequest(query, idKey('bau')));
    return pageOf(rows, query.limit, ({ id }) => id, bankAuthorisationView);
  }

  /**
   * Read what a TPP asks for
   * @remarks And what became of it.
   */
  @Get(':id')
  @ApiOkResponse({ type: BankAuthorisationDto, description: 'The authorisation.' })
  @ApiProblems('not_found')
  async get(@AppId() appId: string, @IdParam('bau') id: string): Promise<BankAuthorisationDto> {
    return bankAuthorisationView(await this.authorisations.get(appId, id));
  }

  /**
   * Approve it for your customer
   * @remarks For banks with a consent page of their own; the hosted page does the same. All that is asked for is granted.
   * The hub issues a token, and the browser, which waits at our page, goes back to the TPP.
   */
  @Post(':id/approve')
  @HttpCode(HttpStatus.OK)
  @Idempotent()
  @ApiOkResponse({ type: BankAuthorisationDto, description: 'The authorisation as it is now.' })
  @ApiProblems(
    'invalid_request',
    'not_found',
    'conflict',
    'institution_rejected',
    'institution_unavailable',
    'institution_answer_unreadable',
    'provider_refused_us',
  )
  async approve(
    @AppId() appId: string,
    @IdParam('bau') id: string,
    @Body() { psuId, accountReferences }: ApproveDto,
    @Trace() context: CallContext,
  ): Promise<BankAuthorisationDto> {
    const wish = { psuId, accountReferences, by: 'app' } as const;
    return bankAuthorisationView((await this.authorisations.approve(appId, id, wish, context)).authorisation);
  }

  /**
   * Reject it
   * @remarks Nothing is granted; the browser goes back to the TPP with nothing.
   */
  @Post(':id/reject')
  @HttpCode(HttpStatus.OK)
  @Idempotent()
  @ApiOkResponse({ type: BankAuthorisationDto, description: 'The authorisation as it is now.' })
  @ApiProblems('not_found', 'conflict')
  async reject(@AppId() appId: string, @IdParam('bau') id: string): Promise<BankAuthorisationDto> {
    return bankAuthorisationView((await this.authorisations.reject(appId, id, 'app')).authorisation);
  }
}
