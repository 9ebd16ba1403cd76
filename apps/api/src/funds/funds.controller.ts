import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { FundsService } from '@tributary/banking';
import type { CallContext } from '@tributary/providers';
import { ApiAccountRead } from '../accounts/accounts.document.js';
import { Scopes } from '../http/access.js';
import { Call } from '../http/call.decorator.js';
import { Body } from '../http/checked.js';
import { Idempotent } from '../http/idempotency.js';
import { toMoney } from '../http/money.dto.js';
import { AppId } from '../http/principal.js';
import { FundsAnswerDto, FundsQuestionDto, toFundsSubject } from './funds.dto.js';

/** Is there enough on the account? */
@ApiTags('Funds confirmations')
@Scopes('payments')
@Controller('v1/funds-confirmations')
export class FundsController {
  constructor(private readonly funds: FundsService) {}

  @Post()
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    summary: 'Ask whether an account holds an amount',
    description: 'Yes or no at this instant. The bank always answers live; nothing is stored, nothing reserved.',
  })
  @ApiOkResponse({ type: FundsAnswerDto, description: 'The answer of the bank.' })
  @ApiAccountRead('invalid_request', 'capability_unsupported', 'institution_rejected')
  async confirm(
    @AppId() appId: string,
    @Body() body: FundsQuestionDto,
    @Call() context: CallContext,
  ): Promise<FundsAnswerDto> {
    return { fundsAvailable: await this.funds.confirm(appId, toFundsSubject(body), toMoney(body.amount), context) };
  }
}
