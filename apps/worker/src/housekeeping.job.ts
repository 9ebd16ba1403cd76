import { Injectable } from '@nestjs/common';
import { BankDeadlines, ConsentExpiry, EventsService, InstitutionRoutes } from '@tributary/banking';
import { unattendedCall } from './unattended-call.js';

const batch = 500;

/** Ends what has run out by the calendar, and reads again what has grown old. Safe to run twice. */
@Injectable()
export class HousekeepingJob {
  constructor(
    private readonly expiry: ConsentExpiry,
    private readonly bank: BankDeadlines,
    private readonly routes: InstitutionRoutes,
    private readonly events: EventsService,
  ) {}

  async run(): Promise<void> {
    while ((await this.expiry.expireDue(batch)) === batch);
    await this.bank.expireDue(batch);
    await this.bank.tidy();
    while ((await this.events.forgetOld(batch)) === batch);
    await this.routes.refreshDue(unattendedCall());
  }
}
