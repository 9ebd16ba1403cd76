import { Injectable } from '@nestjs/common';
import { AuthorisationsService, runPipeline } from '@tributary/banking';
import { unattendedCall } from './unattended-call.js';

/** Asks about the SCAs of one connection that run without us: the PSU is at the bank, or looks at their phone. */
@Injectable()
export class AuthorisationStatusJob {
  constructor(private readonly authorisations: AuthorisationsService) {}

  async run(connectionId: string, signal: AbortSignal): Promise<void> {
    await runPipeline<string, never>({
      claim: (limit) => this.authorisations.claimDue(connectionId, limit),
      work: async (id) => {
        await this.authorisations.poll(id, unattendedCall());
        return null;
      },
      write: () => Promise.resolve(),
      inFlight: 50,
      batch: 100,
      flushMs: 50,
      claimAgainMs: 1_000,
      budgetMs: 60_000,
      signal,
    });
  }
}
