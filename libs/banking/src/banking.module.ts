import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { type Clock, type Logger, type Metrics, type Settings, Vault } from '@tributary/platform';
import { DataSource } from 'typeorm';
import { AccountAccess } from './accounts/account-access.js';
import { AccountDocumentsService } from './accounts/account-documents.service.js';
import { AccountIngest } from './accounts/account-ingest.js';
import { AccountsService } from './accounts/accounts.service.js';
import { BalanceWriter } from './accounts/balance-writer.js';
import { BalancesService } from './accounts/balances.service.js';
import { DataReads } from './accounts/data-reads.js';
import { TransactionIngest } from './accounts/transaction-ingest.js';
import { TransactionReading } from './accounts/transaction-reading.js';
import { TransactionsService } from './accounts/transactions.service.js';
import { AccessTokens } from './apps/access-tokens.js';
import { AppsService } from './apps/apps.service.js';
import { Clients } from './apps/clients.js';
import { FirstAdmin } from './apps/first-admin.js';
import { SigningKeys } from './apps/signing-keys.js';
import { AuditLogService } from './audit/audit-log.service.js';
import { AuditSealing } from './audit/audit-sealing.js';
import { AuthorisationRows } from './authorisations/authorisation-rows.js';
import { AuthorisationsService } from './authorisations/authorisations.service.js';
import { Callbacks } from './authorisations/callbacks.js';
import { BankAccountsService } from './bank-desk/bank-accounts.service.js';
import { BankAuthorisationsService } from './bank-desk/bank-authorisations.service.js';
import { BankDeadlines } from './bank-desk/bank-deadlines.js';
import { BankPagesService } from './bank-desk/bank-pages.service.js';
import { BankPaymentIntake } from './bank-desk/bank-payment-intake.js';
import { BankPaymentMoves } from './bank-desk/bank-payment-moves.js';
import { BankPaymentsService } from './bank-desk/bank-payments.service.js';
import { BankPerformance } from './bank-desk/bank-performance.js';
import { BankReportsService } from './bank-desk/bank-reports.service.js';
import { BankSessions } from './bank-desk/bank-sessions.js';
import { BankTokens } from './bank-desk/bank-tokens.js';
import { BankTokensService } from './bank-desk/bank-tokens.service.js';
import { DeskLoginService } from './bank-desk/desk-login.service.js';
import { Desks } from './bank-desk/desks.js';
import { HeldAccounts } from './bank-desk/held-accounts.js';
import { HubQuestions } from './bank-desk/hub-questions.js';
import { HubRequestsService } from './bank-desk/hub-requests.service.js';
import { BasketMembers } from './baskets/basket-members.js';
import { BasketObserver } from './baskets/basket-observer.js';
import { BasketsService } from './baskets/baskets.service.js';
import { BasketSubject } from './baskets/basket-subject.js';
import { ConnectionHealthReader } from './connections/connection-health.js';
import { ConnectionKeysService } from './connections/connection-keys.service.js';
import { ConnectionWebhookService } from './connections/connection-webhook.service.js';
import { ConnectionsService } from './connections/connections.service.js';
import { UpstreamCalls } from './connections/upstream-calls.js';
import { ConnectionWatch } from './connections/connection-watch.js';
import { ConsentEstablishment } from './consents/consent-establishment.js';
import { ConsentExpiry } from './consents/consent-expiry.js';
import { ConsentObserver } from './consents/consent-observer.js';
import { ConsentSubject } from './consents/consent-subject.js';
import { ConsentUse } from './consents/consent-use.js';
import { ConsentsService } from './consents/consents.service.js';
import { HeldConsents } from './consents/held-consents.js';
import { UnattendedReadCounts } from './consents/unattended-reads.js';
import { EventsService } from './events/events.service.js';
import { FundsService } from './funds/funds.service.js';
import { IdempotencyService } from './idempotency/idempotency.service.js';
import { InstitutionRoutes } from './institutions/institution-routes.js';
import { InstitutionsService } from './institutions/institutions.service.js';
import { RateCounts } from './limits/rate-counts.js';
import { CancellationSubject } from './payments/cancellation-subject.js';
import { HeldPayments } from './payments/held-payments.js';
import { InboxService } from './payments/inbox.service.js';
import { PaymentCancellation } from './payments/payment-cancellation.js';
import { PaymentDecisions } from './payments/payment-decisions.service.js';
import { PaymentDoubt } from './payments/payment-doubt.js';
import { PaymentInitiator } from './payments/payment-initiator.js';
import { PaymentInquiry } from './payments/payment-inquiry.js';
import { PaymentAnswers } from './payments/payment-answers.js';
import { PaymentIntents } from './payments/payment-intent.js';
import { PaymentPolling } from './payments/payment-polling.js';
import { PaymentRecorder } from './payments/payment-recorder.js';
import { PaymentSender } from './payments/payment-sender.js';
import { PaymentSigners } from './payments/payment-signers.js';
import { PaymentSubject } from './payments/payment-subject.js';
import { PaymentViews } from './payments/payment-views.js';
import { PaymentWriter } from './payments/payment-writer.js';
import { PaymentsService } from './payments/payments.service.js';
import { CLOCK, LOGGER, METRICS, SETTINGS } from './tokens.js';
import { Grants } from './upstreams/grants.js';
import { PerformanceService } from './performance/performance.service.js';
import { StatisticsRetention } from './performance/statistics-retention.js';
import { ServedRequests } from './performance/served-requests.js';
import { Routes } from './upstreams/routes.js';
import { UpstreamsService } from './upstreams/upstreams.service.js';
import { WebhookDeliveries } from './webhooks/webhook-deliveries.js';
import { WebhookEndpointsService } from './webhooks/webhook-endpoints.service.js';
import { WebhookLogService } from './webhooks/webhook-log.service.js';
import { WebhookSecrets } from './webhooks/webhook-secrets.js';
import { WebhookTrustBook } from './payments/webhook-trust-book.js';
import { WebhookSender } from './webhooks/webhook-sender.js';

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
  AccountAccess,
  AccountDocumentsService,
  AccountIngest,
  AccountsService,
  AppsService,
  AuditLogService,
  AuditSealing,
  AuthorisationRows,
  AuthorisationsService,
  BalancesService,
  BalanceWriter,
  BankAccountsService,
  BankAuthorisationsService,
  BankDeadlines,
  BankPagesService,
  BankPaymentIntake,
  BankPaymentMoves,
  BankPaymentsService,
  BankPerformance,
  BankReportsService,
  BankSessions,
  BankTokens,
  BankTokensService,
  BasketMembers,
  BasketObserver,
  BasketsService,
  BasketSubject,
  Callbacks,
  CancellationSubject,
  Clients,
  ConnectionHealthReader,
  ConnectionKeysService,
  ConnectionWebhookService,
  ConnectionsService,
  ConnectionWatch,
  ConsentEstablishment,
  ConsentExpiry,
  ConsentObserver,
  ConsentsService,
  ConsentSubject,
  ConsentUse,
  DataReads,
  DeskLoginService,
  Desks,
  EventsService,
  FirstAdmin,
  FundsService,
  Grants,
  HeldAccounts,
  HeldConsents,
  UnattendedReadCounts,
  HeldPayments,
  HubQuestions,
  HubRequestsService,
  IdempotencyService,
  InboxService,
  InstitutionRoutes,
  InstitutionsService,
  PaymentCancellation,
  PaymentDecisions,
  PaymentDoubt,
  PaymentInitiator,
  PaymentInquiry,
  PaymentAnswers,
  PaymentIntents,
  PaymentPolling,
  PaymentRecorder,
  PaymentSender,
  PaymentSigners,
  PaymentsService,
  PaymentSubject,
  PaymentViews,
  PaymentWriter,
  PerformanceService,
  StatisticsRetention,
  RateCounts,
  Routes,
  ServedRequests,
  SigningKeys,
  TransactionIngest,
  TransactionReading,
  TransactionsService,
  UpstreamCalls,
  UpstreamsService,
  WebhookDeliveries,
  WebhookEndpointsService,
  WebhookLogService,
  WebhookSecrets,
  WebhookSender,
  WebhookTrustBook,
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
