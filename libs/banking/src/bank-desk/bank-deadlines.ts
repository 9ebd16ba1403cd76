import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BankAuthorisationsService } from './bank-authorisations.service.js';
import { BankPaymentsService } from './bank-payments.service.js';
import { BankPerformance } from './bank-performance.js';
import { BankSessions } from './bank-sessions.js';

const daysOfSessions = 30;

/** What ends or falls due at the bank by the calendar. Safe to run twice, and by two workers at once. */
@Injectable()
export class BankDeadlines {
  constructor(
    private readonly database: DataSource,
    private readonly authorisations: BankAuthorisationsService,
    private readonly payments: BankPaymentsService,
    private readonly performance: BankPerformance,
    private readonly sessions: BankSessions,
  ) {}

  /** Links that nobody used in time. */
  async expireDue(batch: number): Promise<void> {
    while ((await this.payments.expireDue(batch)) === batch);
    while ((await this.authorisations.expireDue(batch)) === batch);
  }

  /** Reports of the day, and what need not be remembered any more. */
  async tidy(): Promise<void> {
    await this.performance.reportDue();
    await this.sessions.forget(daysOfSessions);
    await this.database.query('DELETE FROM bank_requests WHERE expires_at < now()');
  }
}
