import { applyDecorators } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import type { ProblemCode } from '../http/problem.js';
import { AccountDocumentDto } from './accounts.dto.js';
import { ApiReadPage } from './read-page.js';

/** Documents what every read of a bank's data can answer with. */
export const ApiAccountRead = (...more: readonly ProblemCode[]): MethodDecorator =>
  applyDecorators(
    ApiProblems(
      'consent_not_usable',
      'access_not_granted',
      'not_found',
      'institution_quota',
      'provider_refused_us',
      'institution_answer_unreadable',
      'institution_unavailable',
      ...more,
    ),
  );

/** Documents a list of things that are handed on as the route maps them. */
export const ApiAccountDocuments = (summary: string, description: string): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary, description: `${description} Live or stored as for transactions.` }),
    ApiReadPage(AccountDocumentDto, 'A page of them.'),
    ApiAccountRead('invalid_request', 'capability_unsupported'),
  );
