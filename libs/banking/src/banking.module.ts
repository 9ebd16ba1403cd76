import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { type Clock, type Logger, type Metrics, type Settings, Vault } from '@tributary/platform';
import { DataSource } from 'typeorm';
import { AccessTokens } from './apps/access-tokens.js';
import { Clients } from './apps/clients.js';
import { SigningKeys } from './apps/signing-keys.js';
import { UpstreamCalls } from './connections/upstream-calls.js';
import { IdempotencyService } from './idempotency/idempotency.service.js';
import { CLOCK, LOGGER, METRICS, SETTINGS } from './tokens.js';
import { Grants } from './upstreams/grants.js';
import { Routes } from './upstreams/routes.js';
import { UpstreamsService } from './upstreams/upstreams.service.js';

/** What a process brings along. It opens these before, and closes them after, the use cases live. */
export interface BankingParts {
  readonly settings: Settings;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly dataSource: DataSource;
}

/** Every use case, one line each, sorted. */
const services: Provider[] = [
  AccessTokens,
  Clients,
  Grants,
  IdempotencyService,
  Routes,
  SigningKeys,
  UpstreamCalls,
  UpstreamsService,
];

/** The use cases, for any process: api and worker import it once. */
@Module({})
export class BankingModule {
  static forRoot({ settings, vault, clock, logger, metrics, dataSource }: BankingParts): DynamicModule {
    return {
      module: BankingModule,
      global: true,
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: CLOCK, useValue: clock },
        { provide: LOGGER, useValue: logger },
        { provide: METRICS, useValue: metrics },
        { provide: Vault, useValue: vault },
        { provide: DataSource, useValue: dataSource },
        ...services,
      ],
      exports: [SETTINGS, CLOCK, LOGGER, METRICS, Vault, DataSource, ...services],
    };
  }
}
