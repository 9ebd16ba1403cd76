import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PaymentDoubt } from '@tributary/banking';
import type { Payment } from '@tributary/persistence';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Query } from '../http/checked.js';
import { ApiPage, type Page, pageOf, pageRequest, paymentKey } from '../http/page.dto.js';
import { DoubtQuery, PaymentInDoubtDto } from './decisions.dto.js';

@ApiTags('Operations')
@Scopes('admin')
@Controller('v1/payments-in-doubt')
export class PaymentsInDoubtController {
  constructor(private readonly doubt: PaymentDoubt) {}

  /**
   * List the payments in doubt
   * @remarks Of all apps, oldest first: the outcome is `unknown`, or nobody has said anything about them for long
   * (`payment.stale`). Ask the bank, then propose a decision.
   */
  @Get()
  @ApiPage(PaymentInDoubtDto, 'A page of payments.')
  @ApiProblems('invalid_request')
  async list(@Query() query: DoubtQuery): Promise<Page<PaymentInDoubtDto>> {
    const { connectionId, appId, limit } = query;
    const rows = await this.doubt.list({ ...pageRequest(query, paymentKey), connectionId, appId });
    return pageOf(rows, limit, ({ id }) => id, inDoubtView);
  }
}

function inDoubtView(payment: Payment): PaymentInDoubtDto {
  const { id, appId, connectionId, provider, state, staleStage, reference, upstreamStatus } = payment;
  const { sentAt, createdAt, updatedAt } = payment;
  return {
    id,
    appId,
    connectionId,
    provider,
    status: state,
    staleStage,
    reference,
    upstreamStatus,
    sentAt,
    createdAt,
    updatedAt,
  };
}
