import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type AccountDocumentKind,
  AccountDocumentsService,
  AccountsService,
  type BalanceView,
  BalancesService,
} from '@tributary/banking';
import type { CallContext, JsonValue } from '@tributary/providers';
import type { FastifyReply } from 'fastify';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Call } from '../http/call.decorator.js';
import { Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { moneyView } from '../http/money.dto.js';
import { PageQuery, pageRequest, sequenceKey, idKey } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import { AccountsQuery, AccountViewDto, BalanceDto } from './accounts.dto.js';
import { ApiAccountDocuments, ApiAccountRead } from './accounts.document.js';
import { ApiReadPage, dataAsOfHeader, Fresh, type ReadPage, readPageOf, sayAge } from './read-page.js';

type Documents = ReadPage<JsonValue>;

/** Accounts that PSUs share, and what their banks know about them. */
@ApiTags('Accounts')
@Scopes('accounts')
@Controller('v1/accounts')
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly balances: BalancesService,
    private readonly documents: AccountDocumentsService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List accounts',
    description:
      'Of one consent, of one PSU, or (as stored) of the whole app. Live while the PSU is there, on `no-cache`, and ' +
      'when never read before; otherwise as stored. An account keeps its id through every later consent.',
  })
  @ApiReadPage(AccountViewDto, 'A page of accounts.')
  @ApiAccountRead()
  @ApiProblems('invalid_request')
  async list(
    @AppId() appId: string,
    @Query() query: AccountsQuery,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReadPage<AccountViewDto>> {
    const { consentId, psuId } = query;
    const filter = { ...pageRequest(query, idKey('acc')), consentId, psuId };
    const list = await this.accounts.list(appId, filter, { context, fresh });
    return readPageOf(
      list,
      query.limit,
      (row) => row.id,
      (row) => row,
      reply,
    );
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Read an account',
    description:
      'Where the route can read a single account: live while the PSU is there and on `no-cache`. Otherwise as stored with ' +
      'the last list of accounts.',
  })
  @ApiOkResponse({ type: AccountViewDto, description: 'The account.', headers: dataAsOfHeader })
  @ApiAccountRead()
  async get(
    @AppId() appId: string,
    @IdParam('acc') id: string,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountViewDto> {
    const { account, asOf } = await this.accounts.get(appId, id, { context, fresh });
    sayAge(reply, asOf);
    return account;
  }

  @Get(':id/balances')
  @ApiOperation({
    summary: 'Read the balances of an account',
    description: 'Live while the PSU is there, on `no-cache`, and when never read before; otherwise as stored.',
  })
  @ApiReadPage(BalanceDto, 'The balances, in the order of the bank.')
  @ApiAccountRead()
  async listBalances(
    @AppId() appId: string,
    @IdParam('acc') id: string,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReadPage<BalanceDto>> {
    const list = await this.balances.list(appId, id, { context, fresh });
    return readPageOf(list, list.rows.length, () => '', balanceDto, reply);
  }

  @Get(':id/beneficiaries')
  @ApiAccountDocuments('Read the beneficiaries of an account', 'Payees that the PSU trusts, as the route maps them.')
  beneficiaries(
    @AppId() appId: string,
    @IdParam('acc') id: string,
    @Query() query: PageQuery,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Documents> {
    return this.page(appId, id, 'beneficiaries', query, { context, fresh }, reply);
  }

  @Get(':id/standing-orders')
  @ApiAccountDocuments('Read the standing orders of an account', 'Orders that repeat, as the route maps them.')
  standingOrders(
    @AppId() appId: string,
    @IdParam('acc') id: string,
    @Query() query: PageQuery,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Documents> {
    return this.page(appId, id, 'standingOrders', query, { context, fresh }, reply);
  }

  @Get(':id/direct-debits')
  @ApiAccountDocuments('Read the direct debits of an account', 'Mandates on the account, as the route maps them.')
  directDebits(
    @AppId() appId: string,
    @IdParam('acc') id: string,
    @Query() query: PageQuery,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Documents> {
    return this.page(appId, id, 'directDebits', query, { context, fresh }, reply);
  }

  @Get(':id/scheduled-payments')
  @ApiAccountDocuments('Read the scheduled payments of an account', 'Payments of a later day, as the route maps them.')
  scheduledPayments(
    @AppId() appId: string,
    @IdParam('acc') id: string,
    @Query() query: PageQuery,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Documents> {
    return this.page(appId, id, 'scheduledPayments', query, { context, fresh }, reply);
  }

  @Get(':id/party')
  @ApiOperation({ summary: 'Read the party of an account', description: 'Who owns it, as the route maps it.' })
  @ApiOkResponse({
    description: 'The party.',
    headers: dataAsOfHeader,
    schema: {
      type: 'object',
      required: ['data'],
      properties: { data: { type: 'object', additionalProperties: true } },
    },
  })
  @ApiAccountRead('capability_unsupported')
  async party(
    @AppId() appId: string,
    @IdParam('acc') id: string,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ data: JsonValue }> {
    const list = await this.documents.list(appId, id, 'party', { limit: 1, after: null }, { context, fresh });
    sayAge(reply, list.asOf);
    return { data: list.rows[0]?.content ?? null };
  }

  private async page(
    appId: string,
    id: string,
    kind: AccountDocumentKind,
    query: PageQuery,
    wish: { context: CallContext; fresh: boolean },
    reply: FastifyReply,
  ): Promise<Documents> {
    const list = await this.documents.list(appId, id, kind, pageRequest(query, sequenceKey), wish);
    return readPageOf(
      list,
      query.limit,
      (row) => String(row.position),
      (row) => row.content,
      reply,
    );
  }
}

function balanceDto({ type, amount, creditDebit, asOf }: BalanceView): BalanceDto {
  return { type, amount: moneyView(amount), creditDebit, asOf };
}
