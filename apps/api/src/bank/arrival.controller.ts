import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import {
  BankAuthorisationsService,
  Desks,
  LOGGER,
  type Logger,
  Refusal,
  SETTINGS,
  type Settings,
} from '@tributary/banking';
import { isId } from '@tributary/platform';
import { ProviderError } from '@tributary/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access.js';
import { strayPage } from './bank.pages.js';
import { Browser } from './browser.js';
import { ApiPageAnswers } from './page-answers.js';

const providerForm = /^[a-z0-9-]{1,40}$/;

/** Where hubs send a bank's customers to. */
@ApiTags('Callbacks')
@Public()
@Controller('bank')
export class ArrivalController {
  constructor(
    private readonly desks: Desks,
    private readonly authorisations: BankAuthorisationsService,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Take in a customer whom a hub sends
   * @remarks For browsers, where one bank is behind the provider. The hub is asked who sent them; what the address says is
   * not believed.
   */
  @Get(':provider/authorize')
  @ApiPageAnswers()
  async arrive(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.takeIn(provider, null, request, reply);
  }

  /**
   * Take in a customer of one of several banks
   * @remarks The same, with the connection through which the hub asks.
   */
  @Get(':provider/:connectionId/authorize')
  @ApiPageAnswers()
  @ApiParam({ name: 'connectionId', schema: { type: 'string', example: 'cnn_01KAHX5V4Q0N6W2T8B7C9D3E5F' } })
  async arriveAt(
    @Param('provider') provider: string,
    @Param('connectionId') connectionId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.takeIn(provider, connectionId, request, reply);
  }

  private async takeIn(
    provider: string,
    connectionId: string | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const browser = Browser.of(request, this.settings.publicUrl);
    void browser.protect(reply);
    try {
      const desk = await this.deskOf(provider, connectionId);
      // The hub compares it with what it sent the browser to: byte for byte, still encoded.
      const requestUrl = `${this.settings.publicUrl}${request.url}`;
      const context = { traceId: request.id, psu: {} };
      const token = await this.authorisations.arrive(desk, requestUrl, browser.secret, context);
      await reply.redirect(`${this.settings.publicUrl}/bank/${provider}/consent/${token}`, 303);
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof ProviderError)) throw error;
      const away = error instanceof ProviderError && error.kind !== 'rejected' && error.kind !== 'not-found';
      if (away) this.logger.error({ event: 'bank.arrival-failed', err: error, traceId: request.id }, error.message);
      // Nobody vouches for the addresses in the URL: the browser is sent nowhere.
      const [status, title, text] = away
        ? ([
            503,
            'This is not possible right now',
            'Please go back to the app and try again in a few minutes.',
          ] as const)
        : ([
            400,
            'This link does not work',
            'It is incomplete or was used before. Go back to the app and start again.',
          ] as const);
      await reply
        .status(status)
        .header('content-type', 'text/html; charset=utf-8')
        .send(strayPage(title, text, request.id));
    }
  }

  private deskOf(provider: string, connectionId: string | null) {
    const known = providerForm.test(provider) && (connectionId === null || isId('cnn', connectionId));
    if (!known) throw new Refusal('not_found', 'There is no such bank.');
    return connectionId === null ? this.desks.findOnly(provider) : this.desks.find(provider, connectionId);
  }
}
