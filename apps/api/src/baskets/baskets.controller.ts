import { Controller, Delete, Get, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { BasketsService } from '@tributary/banking';
import type { CallContext } from '@tributary/providers';
import type { FastifyReply } from 'fastify';
import { AuthorisationDto, NewAuthorisationDto } from '../authorisations/authorisations.dto.js';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Call } from '../http/call.decorator.js';
import { Body } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { AppId } from '../http/principal.js';
import { ApiAuthorisationProblems } from '../payments/payment.problems.js';
import { BasketDto, NewBasketDto } from './baskets.dto.js';

/** Payments and consents that a PSU authorises with one SCA. */
@ApiTags('Signing baskets')
@Scopes('payments')
@Controller('v1/signing-baskets')
export class BasketsController {
  constructor(private readonly baskets: BasketsService) {}

  /**
   * Make a signing basket
   * @remarks Groups payments and consents that wait at one bank and opens one SCA for all: follow `nextStep`. If the bank
   * cannot be reached, ask again: the attempt is kept as `failed`, and nobody can sign it.
   */
  @Post()
  @Idempotent()
  @ApiCreatedResponse({ type: BasketDto, description: 'The basket, with the first step for the PSU.' })
  @ApiProblems(
    'invalid_request',
    'redirect_uri_not_registered',
    'not_found',
    'conflict',
    'no_route',
    'capability_unsupported',
    'institution_rejected',
    'institution_quota',
    'provider_refused_us',
    'institution_answer_unreadable',
    'institution_unavailable',
  )
  async create(
    @AppId() appId: string,
    @Body() body: NewBasketDto,
    @Call() context: CallContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BasketDto> {
    const basket = await this.baskets.create(appId, body, context);
    void reply.header('location', `/v1/signing-baskets/${basket.id}`);
    return basket;
  }

  /**
   * Read a signing basket
   * @remarks With `PSU-IP-Address` the bank is asked how an open one stands; without it, as we know it.
   */
  @Get(':id')
  @ApiOkResponse({ type: BasketDto, description: 'The basket.' })
  @ApiProblems('not_found')
  get(@AppId() appId: string, @IdParam('bsk') id: string, @Call() context: CallContext): Promise<BasketDto> {
    return this.baskets.get(appId, id, context);
  }

  /**
   * Dissolve a signing basket
   * @remarks As long as nobody has begun to sign it. Its members stay as they are. Safe to repeat.
   */
  @Delete(':id')
  @ApiOkResponse({ type: BasketDto, description: 'The basket as it is now.' })
  @ApiProblems(
    'not_found',
    'conflict',
    'capability_unsupported',
    'institution_rejected',
    'institution_answer_unreadable',
    'institution_unavailable',
  )
  remove(@AppId() appId: string, @IdParam('bsk') id: string, @Call() context: CallContext): Promise<BasketDto> {
    return this.baskets.remove(appId, id, context);
  }

  /**
   * Sign a basket once more
   * @remarks The SCA of the next signer, where several have to sign: name them in `psu`. Without it, a new SCA of the
   * basket's own PSU; one of theirs that is still open ends.
   */
  @Post(':id/authorisations')
  @Idempotent()
  @ApiCreatedResponse({ type: AuthorisationDto, description: 'The authorisation, with its first step.' })
  @ApiAuthorisationProblems()
  authorise(
    @AppId() appId: string,
    @IdParam('bsk') id: string,
    @Body() body: NewAuthorisationDto,
    @Call() context: CallContext,
  ): Promise<AuthorisationDto> {
    return this.baskets.authorise(appId, id, body, context);
  }
}
