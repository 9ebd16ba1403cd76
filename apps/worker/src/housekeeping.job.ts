import { Injectable } from '@nestjs/common';
import { AuditSealing, ConsentExpiry, EventsService } from '@tributary/banking';

const batch = 500;

/** Ends what has run out by the calendar. Set-wise, and safe to run twice. */
@Injectable()
export class HousekeepingJob {
  constructor(
    private readonly expiry: ConsentExpiry,
    private readonly events: EventsService,
    private readonly audit: AuditSealing,
  ) {}

  async run(): Promise<void> {
    while ((await this.expiry.expireDue(batch)) === batch);
    while ((await this.events.forgetOld(batch)) === batch);
    while ((await this.audit.seal(batch)) === batch);
    await this.audit.signHead();
  }
}
