import { type DynamicModule, Module } from '@nestjs/common';
import { BankingModule, type ProcessParts } from '@tributary/banking';
import { Queues } from '@tributary/queues';
import { AuthorisationStatusJob } from './authorisation-status.job.js';
import { BankReportsJob } from './bank-reports.job.js';
import { HousekeepingJob } from './housekeeping.job.js';
import { InboxJob } from './inbox.job.js';
import { Jobs } from './jobs.js';
import { PaymentStatusJob } from './payment-status.job.js';
import { Sweeper } from './sweeper.js';

/** The background: the use cases, the jobs that drive them, and the sweeper that rings for what is due. */
@Module({})
export class WorkerModule {
  static forRoot({ queues, ...banking }: ProcessParts): DynamicModule {
    return {
      module: WorkerModule,
      imports: [BankingModule.forRoot(banking)],
      providers: [
        { provide: Queues, useValue: queues },
        AuthorisationStatusJob,
        BankReportsJob,
        HousekeepingJob,
        InboxJob,
        Jobs,
        PaymentStatusJob,
        Sweeper,
      ],
    };
  }
}
