import { Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ConnectionWebhookService } from '@tributary/banking';
import type { CallContext, WebhookSubscription } from '@tributary/providers';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Trace } from '../http/call.decorator.js';
import { Body } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { PutWebhook, WebhookSubscriptionDto } from './connection-webhook.dto.js';

@ApiTags('Connections')
@Scopes('admin')
@Controller('v1/connections/:id/webhook')
export class ConnectionWebhookController {
  constructor(private readonly webhook: ConnectionWebhookService) {}

  /**
   * Read where the upstream calls us
   * @remarks As the upstream itself says it now.
   */
  @Get()
  @ApiProblems('not_found', 'capability_unsupported')
  async read(@IdParam('cnn') id: string, @Trace() context: CallContext): Promise<WebhookSubscriptionDto> {
    return view(await this.webhook.read(id, context));
  }

  /**
   * Have the upstream call us
   * @remarks At our own address for this connection. Replaces what was set for the account at the upstream before.
   */
  @Put()
  @ApiProblems('invalid_request', 'not_found', 'capability_unsupported')
  async put(
    @IdParam('cnn') id: string,
    @Body() { events }: PutWebhook,
    @Trace() context: CallContext,
  ): Promise<WebhookSubscriptionDto> {
    return view(await this.webhook.put(id, events, context));
  }

  /**
   * Have the upstream call us no more
   * @remarks Payments are still followed, by asking.
   */
  @Delete()
  @HttpCode(204)
  @ApiProblems('not_found', 'capability_unsupported')
  async remove(@IdParam('cnn') id: string, @Trace() context: CallContext): Promise<void> {
    await this.webhook.remove(id, context);
  }
}

function view({ url, events }: WebhookSubscription): WebhookSubscriptionDto {
  return { url, events: [...events] };
}
