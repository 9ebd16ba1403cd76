import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { BankingModule, type BankingParts } from '@tributary/banking';
import { Queues } from '@tributary/queues';
import { controllers } from './controllers.js';
import { AccessGuard } from './http/access.guard.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RateLimitGuard } from './http/rate-limit.guard.js';

/** What the api is made of. The process opens these before, and closes them after. */
export interface ApiParts extends BankingParts {
  readonly queues: Queues;
}

/** The HTTP side: every controller, behind two guards and one filter. */
@Module({})
export class ApiModule {
  static forRoot({ queues, ...banking }: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      imports: [BankingModule.forRoot(banking), TerminusModule.forRoot({ logger: false })],
      controllers: [...controllers],
      providers: [
        { provide: Queues, useValue: queues },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
