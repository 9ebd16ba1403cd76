import { Injectable } from '@nestjs/common';
import { InboxService } from '@tributary/banking';
import { unattendedCall } from './unattended-call.js';

const batch = 100;

/** Applies the webhooks of one connection, in the order in which they came. */
@Injectable()
export class InboxJob {
  constructor(private readonly inbox: InboxService) {}

  async run(connectionId: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.inbox.applyDue(connectionId, batch, unattendedCall())) === batch);
  }
}
