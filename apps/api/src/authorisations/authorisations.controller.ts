import { Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuthorisationsService } from '@tributary/banking';
import type { CallContext } from '@tributary/providers';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Call } from '../http/call.decorator.js';
import { Body } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { AppId } from '../http/principal.js';
import { AuthorisationDto, StepAnswerDto, toStepAnswer } from './authorisations.dto.js';
import { nextStepModels } from './next-step.dto.js';

/** Strong customer authentication, step by step. */
@ApiTags('Authorisations')
@ApiExtraModels(...nextStepModels)
@Scopes('consents', 'payments')
@Controller('v1/authorisations')
export class AuthorisationsController {
  constructor(private readonly authorisations: AuthorisationsService) {}

  @Get(':id')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Read an authorisation',
    description: 'As we know it. To have the bank asked, send an empty step.',
  })
  @ApiOkResponse({ type: AuthorisationDto, description: 'The authorisation.' })
  @ApiProblems('not_found')
  get(@AppId() appId: string, @IdParam('aut') id: string): Promise<AuthorisationDto> {
    return this.authorisations.view(appId, id);
  }

  // Without an Idempotency-Key: keeping its answer would mean to keep a hash of what the PSU entered.
  @Post(':id/steps')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Answer the open step',
    description:
      'Hands on what the PSU entered or chose. A wrong password or code is no error: the same step comes again with ' +
      '`isRetry`. `{}` has the bank asked how it stands, for steps that happen elsewhere.',
  })
  @ApiOkResponse({ type: AuthorisationDto, description: 'The authorisation, with the next step.' })
  @ApiProblems(
    'invalid_request',
    'consent_not_usable',
    'not_found',
    'conflict',
    'step_not_open',
    'institution_rejected',
    'institution_quota',
    'institution_answer_unreadable',
    'institution_unavailable',
  )
  answer(
    @AppId() appId: string,
    @IdParam('aut') id: string,
    @Body() body: StepAnswerDto,
    @Call() context: CallContext,
  ): Promise<AuthorisationDto> {
    return this.authorisations.answer(appId, id, toStepAnswer(body), context);
  }
}
