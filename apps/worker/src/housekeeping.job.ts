import { Injectable } from '@nestjs/common';
import { ConsentsService } from '@tributary/banking';

/** Ends what has run out by the calendar. Set-wise, and safe to run twice. */
@Injectable()
export class HousekeepingJob {
  constructor(private readonly consents: ConsentsService) {}

  async run(): Promise<void> {
    await this.consents.expireDue();
  }
}
