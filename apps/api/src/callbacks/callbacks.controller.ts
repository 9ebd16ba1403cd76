import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AuthorisationsService, CallbackRefused } from '@tributary/banking';
import { type CallbackQuery, findProvider } from '@tributary/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access.js';
import { callContext } from '../http/call.decorator.js';
import { Query } from '../http/checked.js';
import { refusalPage } from './refusal.page.js';

/** Ours have 43 characters; upstreams that make up their own choose others. Either is only looked up, by its hash. */
const stateForm = /^[\x21-\x7e]{16,512}$/;
const providerForm = /^[a-z0-9-]{1,40}$/;

/** Where the browser of a PSU comes back to. It brings hints; the bank is asked. */
@ApiTags('Callbacks')
@Public()
@Controller('callbacks')
export class CallbacksController {
  constructor(private readonly authorisations: AuthorisationsService) {}

  @Get(':provider')
  @ApiOperation({
    summary: 'Take a PSU back from the bank',
    description:
      'For browsers that a bank sends back, not for apps. The state is unguessable and good once. The browser goes on ' +
      'to the `redirectUri` of the app, with `consentId` or `paymentId`, `status`, and the `state` of the app.',
  })
  @ApiParam({ name: 'provider', schema: { type: 'string', pattern: providerForm.source, example: 'xs2a' } })
  @ApiQuery({
    name: 'state',
    required: false,
    description: 'Ours. Banks that hand none back are known by parameters of their own, as their provider declares.',
    schema: { type: 'string', pattern: stateForm.source },
  })
  @ApiResponse({
    status: 303,
    description: 'On to the app.',
    headers: { Location: { description: 'Where the app wants the PSU.', schema: { type: 'string', format: 'uri' } } },
  })
  @ApiResponse({
    status: 400,
    description: 'The state is not one of ours; a page for the PSU.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  @ApiResponse({
    status: 410,
    description: 'The state was used, or its time is over; a page for the PSU.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  async complete(
    @Param('provider') provider: string,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.header('cache-control', 'no-store');
    try {
      const state = providerForm.test(provider) ? stateOf(provider, textsOf(query)) : '';
      if (!stateForm.test(state)) throw new CallbackRefused('unknown');
      const context = { traceId: request.id, psu: { ...callContext(request).psu, ...browserOf(request) } };
      const { redirectTo } = await this.authorisations.complete(provider, state, textsOf(query), context);
      await reply.redirect(redirectTo, 303);
    } catch (error) {
      if (!(error instanceof CallbackRefused)) throw error;
      await reply
        .status(error.reason === 'unknown' ? 400 : 410)
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
        .send(refusalPage(error.reason, request.id));
    }
  }
}

/** What the PSU's browser brought to be recognised by; '' where something of it is missing. */
function stateOf(provider: string, query: CallbackQuery): string {
  const values = (findProvider(provider)?.returnParameters ?? ['state']).map((name) => query[name] ?? '');
  return values.includes('') ? '' : values.join('.');
}

/** A parameter that comes twice is no hint that anybody could act on. */
function textsOf(query: Readonly<Record<string, unknown>>): CallbackQuery {
  const texts = Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  return Object.fromEntries<string>(texts.map(([name = '', value = '']) => [name, value]));
}

/** Here the PSU's own browser calls: it is the PSU's request that banks ask about. */
function browserOf(request: FastifyRequest): { ipAddress: string; userAgent?: string } {
  const agent = request.headers['user-agent'];
  const sendable = agent !== undefined && /^[\x20-\x7e]{1,500}$/.test(agent);
  return { ipAddress: request.ip, ...(sendable && { userAgent: agent }) };
}
