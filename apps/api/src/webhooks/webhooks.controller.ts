import {
  Controller,
  Headers,
  HttpCode,
  HttpStatus,
  Param,
  Post,
  RawBody,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
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
  @ApiProblems('not_found', 'provider_refused_us', 'unsupported_media_type')
  async receive(
    @Param('provider') provider: string,
    @Headers() headers: Record<string, string | undefined>,
    @RawBody() rawBody: Buffer | undefined,
  ): Promise<void> {
    await this.accept(provider, undefined, headers, rawBody);
  }

  /**
   * Receive an upstream's webhook of one kind
   * @remarks The same for upstreams that add the kind of the event to the address. Not for apps.
   */
  @Post(':provider/:event')
  @HttpCode(HttpStatus.OK)
  @ApiParam({ name: 'provider', schema: { type: 'string', pattern: '^[a-z0-9-]{1,40}$', example: 'tribe' } })
  @ApiParam({ name: 'event', schema: { type: 'string', pattern: '^\\w{1,80}$', example: 'v2_payment_status' } })
  @ApiConsumes('application/json')
  @ApiBody({ description: "The upstream's own body.", schema: { type: 'object', additionalProperties: true } })
  @ApiOkResponse({ description: 'Stored; do not send it again.' })
  @ApiProblems('not_found', 'provider_refused_us', 'unsupported_media_type')
  async receiveKind(
    @Param('provider') provider: string,
    @Param('event') event: string,
    @Headers() headers: Record<string, string | undefined>,
    @RawBody() rawBody: Buffer | undefined,
  ): Promise<void> {
    await this.accept(provider, event, headers, rawBody);
  }

  private async accept(
    provider: string,
    event: string | undefined,
    headers: Record<string, string | undefined>,
    rawBody: Buffer = Buffer.alloc(0),
  ): Promise<void> {
    if (!/^[a-z0-9-]{1,40}$/.test(provider) || !/^\w{1,80}$/.test(event ?? '_')) throw notFound();
    // Whether a signature is over the bytes before or after an encoding differs between senders: none of ours encodes.
    if (!/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) throw new UnsupportedMediaTypeException();
    await this.inbox.accept(provider, { event, headers, rawBody, receivedAt: new Date() });
  }
}
