import { Controller, Delete, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { BankTokensService } from '@tributary/banking';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { ApiPage, idKey, type Page, pageOf, pageRequest } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import { BankTokenDto, BankTokenQuery, bankTokenView } from './bank-access.dto.js';

/** What TPPs hold for your customers. */
@ApiTags('Being the bank')
@Scopes('bank')
@Controller('v1/bank/tokens')
export class BankTokensController {
  constructor(private readonly tokens: BankTokensService) {}

  /**
   * List the tokens that TPPs hold
   * @remarks Oldest first. The token itself is never shown.
   */
  @Get()
  @ApiPage(BankTokenDto, 'A page of tokens.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: BankTokenQuery): Promise<Page<BankTokenDto>> {
    const rows = await this.tokens.list(appId, query.psuId, pageRequest(query, idKey('btk')));
    return pageOf(rows, query.limit, ({ id }) => id, bankTokenView(new Date()));
  }

  /**
   * Revoke a token
   * @remarks It is worth nothing here from now on; the hub is told until it says that it knows. Safe to repeat.
   */
  @Delete(':id')
  @ApiOkResponse({ type: BankTokenDto, description: 'The token as it is now.' })
  @ApiProblems('not_found')
  async revoke(@AppId() appId: string, @IdParam('btk') id: string): Promise<BankTokenDto> {
    return bankTokenView(new Date())(await this.tokens.revoke(appId, id));
  }
}
