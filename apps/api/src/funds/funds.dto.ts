import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type FundsSubject, Refusal } from '@tributary/banking';
import { IsOptional, Matches } from 'class-validator';
import { Nested } from '../http/nested.js';
import { AccountDto, IsAccount, toIdentifier } from '../http/account.dto.js';
import { idSchema } from '../http/id-param.js';
import { MoneyDto } from '../http/money.dto.js';

/** Which account, and how much: either `accountId`, or `consentId` with `account`. */
export class FundsQuestionDto {
  /** An account that the PSU shares. */
  @ApiPropertyOptional(idSchema('acc'))
  @IsOptional()
  @Matches(/^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, { message: 'accountId must be the id of an account' })
  accountId?: string;

  /** The consent under which `account` is asked about. */
  @ApiPropertyOptional(idSchema('con'))
  @IsOptional()
  @Matches(/^con_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, { message: 'consentId must be the id of a consent' })
  consentId?: string;

  @IsOptional()
  @Nested(() => AccountDto)
  @IsAccount()
  account?: AccountDto;

  @ApiProperty({ type: MoneyDto })
  @Nested(() => MoneyDto)
  amount: MoneyDto;
}

/** The bank's answer at this instant; nothing is reserved. */
export class FundsAnswerDto {
  /** Whether the account holds the amount. */
  fundsAvailable: boolean;
}

/** @throws Refusal where the account is not named in exactly one way */
export function toFundsSubject({ accountId, consentId, account }: FundsQuestionDto): FundsSubject {
  if (accountId != null && consentId == null && account == null) return { accountId };
  if (accountId == null && consentId != null && account != null) return { consentId, account: toIdentifier(account) };
  throw new Refusal('invalid_request', 'Send either `accountId`, or `consentId` with `account`.', {
    errors: [{ pointer: '/accountId', code: 'ambiguous', message: 'either this, or consentId with account' }],
  });
}
