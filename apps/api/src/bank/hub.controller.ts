import { All, Controller, HttpCode, HttpStatus, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExcludeEndpoint, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { HubRequestsService, notFound } from '@tributary/banking';
import { isId } from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access.js';
import { inboundRequest, sendToHub } from './hub-refusal.js';

const providerForm = /^[a-z0-9-]{1,40}$/;

/** Where a hub asks us as the bank. The sender is proven by its signature over the raw bytes; answers are in its words. */
@ApiTags('Upstreams')
@Public()
@Controller('bank')
export class HubController {
  constructor(private readonly requests: HubRequestsService) {}

  /**
   * Answer a hub as the bank
   * @remarks Proven over the raw bytes before anything is read. Every error is in the hub's own form, with
   * its codes. Not for apps.
   */
  @Post(':provider/:connectionId/:action')
  @HttpCode(HttpStatus.OK)
  @ApiParam({ name: 'provider', schema: { type: 'string', pattern: providerForm.source, example: 'tribe' } })
  @ApiParam({ name: 'connectionId', schema: { type: 'string', example: 'cnn_01KAHX5V4Q0N6W2T8B7C9D3E5F' } })
  @ApiParam({ name: 'action', schema: { type: 'string', pattern: '^\\w{1,80}$', example: 'v2_accounts' } })
  @ApiConsumes('application/json')
  @ApiBody({ description: "The hub's own body.", schema: { type: 'object', additionalProperties: true } })
  @ApiOkResponse({ description: "In the hub's own words.", schema: { type: 'object', additionalProperties: true } })
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
    const { httpStatus, body } = await this.requests.answer(provider, connectionId, inboundRequest(request, action));
    sendToHub(reply, httpStatus, body);
  }
}
