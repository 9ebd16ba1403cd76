import { Controller, Headers, HttpCode, HttpStatus, Param, Post, RawBody } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiNoContentResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { InboxService, notFound } from '@tributary/banking';
import { Public } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';

/** Where upstreams tell us something. The sender is proven by its signature over the raw bytes, not by a token. */
@ApiTags('Upstreams')
@Public()
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly inbox: InboxService) {}

  /**
   * Receive an upstream's webhook
   * @remarks Verified over the raw bytes, stored once, answered, then applied by the worker. Not for apps.
   */
  @Post(':provider')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiParam({ name: 'provider', schema: { type: 'string', pattern: '^[a-z0-9-]{1,40}$', example: 'token-io' } })
  @ApiConsumes('application/json')
  @ApiBody({ description: "The upstream's own body.", schema: { type: 'object', additionalProperties: true } })
  @ApiNoContentResponse({ description: 'Stored; do not send it again.' })
  @ApiProblems('not_found', 'provider_refused_us')
  async receive(
    @Param('provider') provider: string,
    @Headers() headers: Record<string, string | undefined>,
    @RawBody() rawBody: Buffer | undefined,
  ): Promise<void> {
    if (!/^[a-z0-9-]{1,40}$/.test(provider)) throw notFound();
    await this.inbox.accept(provider, { headers, rawBody: rawBody ?? Buffer.alloc(0), receivedAt: new Date() });
  }
}
