import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { PaymentDecisions, type Principal } from '@tributary/banking';
import type { PaymentDecision } from '@tributary/persistence';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Body, Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { ApiPage, idKey, type Page, pageOf, pageRequest } from '../http/page.dto.js';
import { Caller } from '../http/principal.js';
import { DecisionDto, DecisionsQuery, NewDecisionDto } from './decisions.dto.js';

/** What people decide about payments in doubt: one proposes, another one confirms. */
@ApiTags('Operations')
@Scopes('admin')
@Controller('v1/payment-decisions')
export class DecisionsController {
  constructor(private readonly decisions: PaymentDecisions) {}

  /**
   * Propose what became of a payment
   * @remarks The last resort for a payment whose outcome is `unknown`, or that nobody has said anything about for long.
   * Nothing changes before somebody else (a client id of another app) confirms.
   */
  @Post()
  @Idempotent()
  @ApiCreatedResponse({ type: DecisionDto, description: 'The proposal.' })
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  async propose(@Body() body: NewDecisionDto, @Caller() caller: Principal): Promise<DecisionDto> {
    return decisionView(await this.decisions.propose(body, caller));
  }

  /**
   * List decisions
   * @remarks Oldest first.
   */
  @Get()
  @ApiPage(DecisionDto, 'A page of decisions.')
  @ApiProblems('invalid_request')
  async list(@Query() query: DecisionsQuery): Promise<Page<DecisionDto>> {
    const { paymentId, status, limit } = query;
    const rows = await this.decisions.list({ ...pageRequest(query, idKey('dec')), paymentId, status });
    return pageOf(rows, limit, ({ id }) => id, decisionView);
  }

  /**
   * Read a decision
   * @remarks With who proposed and who confirmed it, and what came of it.
   */
  @Get(':id')
  @ApiOkResponse({ type: DecisionDto, description: 'The decision.' })
  @ApiProblems('not_found')
  async get(@IdParam('dec') id: string): Promise<DecisionDto> {
    return decisionView(await this.decisions.get(id));
  }

  /**
   * Confirm a decision
   * @remarks By somebody else than who proposed it: a client id of another app, made before the proposal. The payment ends as decided, unless its bank was faster; its app hears
   * of it as of any other change. Safe to repeat.
   */
  @Post(':id/confirm')
  @HttpCode(200)
  @ApiOkResponse({ type: DecisionDto, description: 'The decision, applied.' })
  @ApiProblems('not_found', 'conflict', 'second_person_required')
  async confirm(@IdParam('dec') id: string, @Caller() caller: Principal): Promise<DecisionDto> {
    return decisionView(await this.decisions.confirm(id, caller));
  }

  /**
   * Take a proposal back
   * @remarks Before it is confirmed; anybody with the scope may.
   */
  @Post(':id/withdraw')
  @HttpCode(200)
  @ApiOkResponse({ type: DecisionDto, description: 'The decision, withdrawn.' })
  @ApiProblems('not_found', 'conflict')
  async withdraw(@IdParam('dec') id: string): Promise<DecisionDto> {
    return decisionView(await this.decisions.withdraw(id));
  }
}

function decisionView(decision: PaymentDecision): DecisionDto {
  const { id, paymentId, appId, status, outcome, evidence, applied } = decision;
  const { proposedBy, proposedAt, confirmedBy, confirmedAt } = decision;
  return { id, paymentId, appId, status, outcome, evidence, proposedBy, proposedAt, confirmedBy, confirmedAt, applied };
}
