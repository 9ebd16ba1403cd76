import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { isTransactionKey, Refusal, transactionKey, TransactionsService } from '@tributary/banking';
import type { CallContext } from '@tributary/providers';
import type { FastifyReply } from 'fastify';
import { ApiAccountRead } from '../accounts/accounts.document.js';
import { ApiReadPage, dataAsOfHeader, Fresh, type ReadPage, readPageOf, sayAge } from '../accounts/read-page.js';
import { Scopes } from '../http/access.js';
import { Call } from '../http/call.decorator.js';
import { Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { pageRequest, sequenceKey } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import {
  SyncQuery,
  TransactionChangesDto,
  TransactionDto,
  TransactionQuery,
  TransactionsQuery,
} from './transactions.dto.js';
import { transactionDto } from './transactions.view.js';

/** What happened on accounts. */
@ApiTags('Transactions')
@Scopes('accounts')
@Controller('v1')
export class TransactionsController {
  constructor(private readonly transactions: TransactionsService) {}

  @Get('accounts/:id/transactions')
  @ApiOperation({
    summary: 'List the transactions of an account',
    description:
      'Newest first, those without a day before all others. Live while the PSU is there, on `no-cache`, and for a window ' +
      'that was never read before; otherwise as stored. A live read is made for the first page, the others follow it.',
  })
  @ApiReadPage(TransactionDto, 'A page of transactions.')
  @ApiAccountRead('invalid_request')
  async list(
    @AppId() appId: string,
    @IdParam('acc') id: string,
    @Query() query: TransactionsQuery,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReadPage<TransactionDto>> {
    const { from, to, status, expand } = query;
    if (from !== undefined && to !== undefined && to < from) {
      throw new Refusal('invalid_request', 'The window ends before it begins.', {
        errors: [{ pointer: '/query/to', code: 'invalid', message: 'must not be before from' }],
      });
    }
    const filter = { ...pageRequest(query, isTransactionKey), from, to, status, raw: expand === 'raw' };
    const list = await this.transactions.list(appId, id, filter, { context, fresh });
    return readPageOf(list, query.limit, transactionKey, transactionDto, reply);
  }

  @Get('accounts/:id/transactions/:transactionId')
  @ApiOperation({
    summary: 'Read a transaction',
    description:
      'Where the route has the capability `transactions.details`, the bank is asked for them while the PSU is there and on ' +
      '`no-cache`; otherwise as stored.',
  })
  @ApiOkResponse({ type: TransactionDto, description: 'The transaction.', headers: dataAsOfHeader })
  @ApiAccountRead('invalid_request')
  async get(
    @AppId() appId: string,
    @IdParam('acc') id: string,
    @IdParam('txn', 'transactionId') transactionId: string,
    @Query() { expand }: TransactionQuery,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransactionDto> {
    const wish = { context, fresh };
    const { value, asOf } = await this.transactions.get(appId, id, transactionId, expand === 'raw', wish);
    sayAge(reply, asOf);
    return transactionDto(value);
  }

  @Get('transactions/sync')
  @ApiOperation({
    summary: 'Follow the changes of an account',
    description:
      'Without a cursor: everything that is there. Keep `nextCursor` and send it the next time; while `hasMore`, at once.',
  })
  @ApiOkResponse({ type: TransactionChangesDto, description: 'What changed.', headers: dataAsOfHeader })
  @ApiAccountRead('invalid_request')
  async sync(
    @AppId() appId: string,
    @Query() query: SyncQuery,
    @Call() context: CallContext,
    @Fresh() fresh: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransactionChangesDto> {
    const changes = await this.transactions.sync(appId, query.accountId, pageRequest(query, sequenceKey), {
      context,
      fresh,
    });
    const { removed, hasMore, unreadable } = changes;
    sayAge(reply, changes.asOf);
    return {
      added: changes.added.map(transactionDto),
      modified: changes.modified.map(transactionDto),
      removed,
      nextCursor: Buffer.from(changes.next, 'ascii').toString('base64url'),
      hasMore,
      ...(unreadable.length > 0 && { unreadable }),
    };
  }
}
