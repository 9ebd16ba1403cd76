import { Injectable } from '@nestjs/common';
import {
  AuditSealing,
  BankDeadlines,
  Callbacks,
  ConsentExpiry,
  EventsService,
  IdempotencyService,
  InboxService,
  InstitutionRoutes,
  PaymentDecisions,
  PaymentDoubt,
  StatisticsRetention,
} from '@tributary/banking';
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
    private readonly audit: AuditSealing,
    private readonly doubt: PaymentDoubt,
    private readonly decisions: PaymentDecisions,
    private readonly callbacks: Callbacks,
    private readonly statistics: StatisticsRetention,
    private readonly inbox: InboxService,
    private readonly idempotency: IdempotencyService,
  ) {}

  async run(): Promise<void> {
    while ((await this.expiry.expireDue(batch)) === batch);
    while ((await this.expiry.announceDue(batch)) === batch);
    while ((await this.doubt.reportStale(batch)) === batch);
    await this.decisions.applyConfirmed();
    await this.bank.expireDue(batch);
    await this.bank.tidy();
    while ((await this.callbacks.forgetOld(batch)) === batch);
    while ((await this.events.forgetOld(batch)) === batch);
    while ((await this.statistics.forgetOld(batch)) === batch);
    while ((await this.inbox.forgetOld(batch)) === batch);
    while ((await this.idempotency.forgetOld(batch)) === batch);
    while ((await this.audit.seal(batch)) === batch);
    await this.routes.refreshDue(unattendedCall());
    // Last: where its file cannot be read or written, everything else is done all the same.
    await this.audit.signHead();
  }
}
