import { Injectable } from '@nestjs/common';
import { BankReportsService } from '@tributary/banking';
import { unattendedCall } from './unattended-call.js';

const batch = 50;

/** Tells one hub what changed at the bank that we are, until it says that it has it. */
@Injectable()
export class BankReportsJob {
  constructor(private readonly reports: BankReportsService) {}

  async run(connectionId: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.reports.sendDue(connectionId, batch, { ...unattendedCall(), signal })) > 0);
  }
}
