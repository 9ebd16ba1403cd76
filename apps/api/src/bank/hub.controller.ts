import { All, Controller, HttpCode, HttpStatus, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExcludeEndpoint, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { HubRequestsService, notFound } from '@tributary/banking';
import { isId } from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';

const providerForm = /^[a-z0-9-]{1,40}$/;

/** Where a hub asks us as the bank. The sender is proven by its signature over the raw bytes; answers are in its words. */
@ApiTags('Upstreams')
@Public()
@Controller('bank')
export class HubController {
  constructor(private readonly requests: HubRequestsService) {}

  /**
   * Answer a hub as the bank
   * @remarks Proven over the raw bytes before anything is read. Errors are in the hub's own form. Not for apps.
   */
  @Post(':provider/:connectionId/:action')
  @HttpCode(HttpStatus.OK)
  @ApiParam({ name: 'provider', schema: { type: 'string', pattern: providerForm.source, example: 'tribe' } })
  @ApiParam({ name: 'connectionId', schema: { type: 'string', example: 'cnn_01KAHX5V4Q0N6W2T8B7C9D3E5F' } })
  @ApiParam({ name: 'action', schema: { type: 'string', pattern: '^\\w{1,80}$', example: 'v2_accounts' } })
  @ApiConsumes('application/json')
  @ApiBody({ description: "The hub's own body.", schema: { type: 'object', additionalProperties: true } })
  @ApiOkResponse({ description: "In the hub's own words.", schema: { type: 'object', additionalProperties: true } })
  @ApiProblems('not_found')
  async answer(
    @Param('provider') provider: string,
    @Param('connectionId') connectionId: string,
    @Param('action') action: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.respond(provider, connectionId, action, request, reply);
  }

  /** Other methods and longer paths: the hub's own error, not ours. */
  @All(':provider/:connectionId/*')
  @ApiExcludeEndpoint()
  async other(
    @Param('provider') provider: string,
    @Param('connectionId') connectionId: string,
    @Param('*') action: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.respond(provider, connectionId, action, request, reply);
  }

  private async respond(
    provider: string,
    connectionId: string,
    action: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (!providerForm.test(provider) || !isId('cnn', connectionId)) throw notFound();
    const { httpStatus, body } = await this.requests.answer(provider, connectionId, {
      method: request.method,
      action,
      headers: singleValues(request),
      rawBody: request.rawBody ?? Buffer.alloc(0),
    });
    await reply
      .status(httpStatus)
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(body));
  }
}

/** A header that comes twice says nothing. */
function singleValues({ headers }: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
  );
}
