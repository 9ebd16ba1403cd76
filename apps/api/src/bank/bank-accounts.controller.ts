import { Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Put } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { BankAccountsService } from '@tributary/banking';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Body, Query } from '../http/checked.js';
import { Idempotent } from '../http/idempotency.js';
import { ApiPage, type Page, pageOf, pageRequest, wordKey } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import {
  BankAccountDto,
  BankAccountQuery,
  BankTransactionsDto,
  bankAccountView,
  bankTransactionView,
  PutBankAccountDto,
  PutBankTransactionsDto,
  toPutAccount,
  toPutTransaction,
} from './bank-account.dto.js';
import { ReferenceParam } from './reference.param.js';

/** What the bank holds for its customers, as hubs may see it by a consent. */
@ApiTags('Being the bank')
@Scopes('bank')
@Controller('v1/bank/accounts')
export class BankAccountsController {
  constructor(private readonly accounts: BankAccountsService) {}

  /**
   * Put an account that you hold
   * @remarks Makes it or replaces it, under a name of your own. Put the balances anew whenever they change: funds are
   * checked against `interimAvailable`, less the payments that were confirmed since it was put.
   */
  @Put(':reference')
  @ApiOkResponse({ type: BankAccountDto, description: 'The account as it is held now.' })
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  async put(
    @AppId() appId: string,
    @ReferenceParam() reference: string,
    @Body() body: PutBankAccountDto,
  ): Promise<BankAccountDto> {
    return bankAccountView(await this.accounts.put(appId, reference, toPutAccount(body)));
  }

  /**
   * List the accounts that you hold
   * @remarks By their names.
   */
  @Get()
  @ApiPage(BankAccountDto, 'A page of accounts.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: BankAccountQuery): Promise<Page<BankAccountDto>> {
    const rows = await this.accounts.list(appId, query.psuId, pageRequest(query, wordKey));
    return pageOf(rows, query.limit, ({ reference }) => reference, bankAccountView);
  }

  /**
   * Read an account that you hold
   * @remarks As you put it last.
   */
  @Get(':reference')
  @ApiOkResponse({ type: BankAccountDto, description: 'The account.' })
  @ApiProblems('not_found')
  async get(@AppId() appId: string, @ReferenceParam() reference: string): Promise<BankAccountDto> {
    return bankAccountView(await this.accounts.get(appId, reference));
  }

  /**
   * Put entries of an account that you hold
   * @remarks New ones are added, those with a reference that is there already are replaced. An entry that is booked under another
   * reference than it was pending says so with `replaces`. What is booked never becomes pending again. Safe to repeat.
   */
  @Post(':reference/transactions')
  @Idempotent()
  @ApiCreatedResponse({ type: BankTransactionsDto, description: 'The entries as they are held now.' })
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  async putTransactions(
    @AppId() appId: string,
    @ReferenceParam() reference: string,
    @Body() body: PutBankTransactionsDto,
  ): Promise<BankTransactionsDto> {
    const rows = await this.accounts.putTransactions(appId, reference, body.transactions.map(toPutTransaction));
    return { data: rows.map(bankTransactionView) };
  }

  /**
   * Remove a pending entry
   * @remarks One that was never booked, such as an authorisation that ran out. What is booked stays.
   */
  @Delete(':reference/transactions/:transactionReference')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiParam({ name: 'transactionReference', schema: { type: 'string', maxLength: 255, example: 'p-1' } })
  @ApiNoContentResponse({ description: 'It is gone, or was never there.' })
  @ApiProblems('not_found', 'conflict')
  async removeTransaction(
    @AppId() appId: string,
    @ReferenceParam() reference: string,
    @Param('transactionReference') transactionReference: string,
  ): Promise<void> {
    await this.accounts.removeTransaction(appId, reference, transactionReference);
  }
}
