import { Controller, Delete, Get, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConsentsService } from '@tributary/banking';
import type { CallContext } from '@tributary/providers';
import type { FastifyReply } from 'fastify';
import { AuthorisationDto, NewAuthorisationDto } from '../authorisations/authorisations.dto.js';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Call } from '../http/call.decorator.js';
import { Body, Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { ApiPage, type Page, pageOf, PageQuery, pageRequest, sequenceKey, idKey } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import { ConsentDto, ConsentEventDto, ConsentsQuery, NewConsentDto } from './consents.dto.js';
import { consentDto, consentEventDto, toNewConsent } from './consents.view.js';

/** What PSUs allow an app to read. */
@ApiTags('Consents')
@Scopes('consents')
@Controller('v1/consents')
export class ConsentsController {
  constructor(private readonly consents: ConsentsService) {}

  @Post()
  @Idempotent()
  @ApiOperation({
    summary: 'Ask for a consent',
    description:
      'Makes the consent at the bank and opens its SCA: follow `nextStep`. If the bank cannot be reached, ask again: ' +
      'the attempt is kept as `failed`, and nobody can authorise it.',
  })
  @ApiCreatedResponse({ type: ConsentDto, description: 'The consent, with the first step for the PSU.' })
  @ApiProblems(
    'invalid_request',
    'redirect_uri_not_registered',
    'not_found',
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
    @Body() body: NewConsentDto,
    @Call() context: CallContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsentDto> {
    const consent = await this.consents.create(appId, toNewConsent(body), context);
    void reply.header('location', `/v1/consents/${consent.id}`);
    return consentDto(consent);
  }

  @Get()
  @ApiOperation({ summary: 'List consents', description: 'Newest first.' })
  @ApiPage(ConsentDto, 'A page of consents.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: ConsentsQuery): Promise<Page<ConsentDto>> {
    const { psuId, status, expiresBefore } = query;
    const rows = await this.consents.list(appId, { ...pageRequest(query, idKey('con')), psuId, status, expiresBefore });
    return pageOf(rows, query.limit, (row) => row.id, consentDto);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Read a consent',
    description: 'With `PSU-IP-Address` the bank is asked how an open consent stands; without it, as we know it.',
  })
  @ApiOkResponse({ type: ConsentDto, description: 'The consent.' })
  @ApiProblems('not_found')
  async get(@AppId() appId: string, @IdParam('con') id: string, @Call() context: CallContext): Promise<ConsentDto> {
    return consentDto(await this.consents.get(appId, id, context));
  }

  @Delete(':id')
  @ApiOperation({
    summary: 'Revoke a consent',
    description: 'Ends it at the bank too. Some banks want an SCA even for that: then `nextStep` says so.',
  })
  @ApiOkResponse({ type: ConsentDto, description: 'The consent as it is now.' })
  @ApiProblems('not_found', 'institution_rejected', 'institution_answer_unreadable', 'institution_unavailable')
  async revoke(@AppId() appId: string, @IdParam('con') id: string, @Call() context: CallContext): Promise<ConsentDto> {
    return consentDto(await this.consents.revoke(appId, id, context));
  }

  @Get(':id/events')
  @ApiOperation({
    summary: 'Read what was said about a consent',
    description: 'Every change and every word of the bank, oldest first, applied or not.',
  })
  @ApiPage(ConsentEventDto, 'A page of events.')
  @ApiProblems('invalid_request', 'not_found')
  async events(
    @AppId() appId: string,
    @IdParam('con') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ConsentEventDto>> {
    const rows = await this.consents.events(appId, id, pageRequest(query, sequenceKey));
    return pageOf(rows, query.limit, (row) => String(row.sequence), consentEventDto);
  }

  @Post(':id/authorisations')
  @Idempotent()
  @ApiOperation({
    summary: 'Authorise a consent again',
    description:
      'A new SCA for a consent that needs one, or the one of the next signer: name them in `psu`. Accounts keep their ' +
      'ids. An SCA of the same signer that is still open ends.',
  })
  @ApiCreatedResponse({ type: AuthorisationDto, description: 'The authorisation, with its first step.' })
  @ApiProblems(
    'invalid_request',
    'consent_not_usable',
    'not_found',
    'conflict',
    'capability_unsupported',
    'institution_rejected',
    'institution_quota',
    'institution_answer_unreadable',
    'institution_unavailable',
  )
  authorise(
    @AppId() appId: string,
    @IdParam('con') id: string,
    @Body() body: NewAuthorisationDto,
    @Call() context: CallContext,
  ): Promise<AuthorisationDto> {
    return this.consents.authorise(appId, id, body, context);
  }
}
