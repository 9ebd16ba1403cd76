import { applyDecorators } from '@nestjs/common';
import { ApiParam, ApiResponse } from '@nestjs/swagger';

const content = { 'text/html': { schema: { type: 'string' } } } as const;

/** Documents what a page for the bank's customers can answer. */
export const ApiPageAnswers = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ApiParam({ name: 'provider', schema: { type: 'string', pattern: '^[a-z0-9-]{1,40}$', example: 'tribe' } }),
    ApiResponse({ status: 200, description: 'A page for the customer.', content }),
    ApiResponse({ status: 303, description: 'On to where the decision leads.' }),
    ApiResponse({ status: 400, description: 'The link is not one of ours; a page for the customer.', content }),
    ApiResponse({ status: 410, description: 'The link has expired; a page for the customer.', content }),
    ApiResponse({ status: 503, description: 'The hub cannot be asked now; a page for the customer.', content }),
  );

/** Documents the secret part of a link. */
export const ApiLinkToken = (): MethodDecorator & ClassDecorator =>
  ApiParam({ name: 'token', schema: { type: 'string', pattern: '^[\\w-]{43}$' } });
