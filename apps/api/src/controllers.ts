import type { Type } from '@nestjs/common';
import { AccountsController } from './accounts/accounts.controller.js';
import { AppsController } from './apps/apps.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { AuthorisationsController } from './authorisations/authorisations.controller.js';
import { ArrivalController } from './bank/arrival.controller.js';
import { BankAccountsController } from './bank/bank-accounts.controller.js';
import { BankAuthorisationsController } from './bank/bank-authorisations.controller.js';
import { BankDeskController } from './bank/bank-desk.controller.js';
import { BankPagesController } from './bank/bank-pages.controller.js';
import { BankPaymentsController } from './bank/bank-payments.controller.js';
import { BankTokensController } from './bank/bank-tokens.controller.js';
import { HubController } from './bank/hub.controller.js';
import { BasketsController } from './baskets/baskets.controller.js';
import { CallbacksController } from './callbacks/callbacks.controller.js';
import { ConnectionKeysController } from './connections/connection-keys.controller.js';
import { ConnectionWebhookController } from './connections/connection-webhook.controller.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { ConsentsController } from './consents/consents.controller.js';
import { DecisionsController } from './decisions/decisions.controller.js';
import { PaymentsInDoubtController } from './decisions/payments-in-doubt.controller.js';
import { EventsController } from './events/events.controller.js';
import { FundsController } from './funds/funds.controller.js';
import { InstitutionsController } from './institutions/institutions.controller.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { HealthController } from './operations/health.controller.js';
import { MetricsController } from './operations/metrics.controller.js';
import { ProblemsController } from './operations/problems.controller.js';
import { RootController } from './operations/root.controller.js';
import { BulkPaymentsController } from './payments/bulk-payments.controller.js';
import { PaymentsController } from './payments/payments.controller.js';
import { ProvidersController } from './providers/providers.controller.js';
import { PerformanceController } from './reports/performance.controller.js';
import { StatusController } from './reports/status.controller.js';
import { TransactionsController } from './transactions/transactions.controller.js';
import { WebhookEndpointsController } from './webhook-endpoints/webhook-endpoints.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

/** Every controller, one line each, sorted. */
export const controllers: readonly Type<unknown>[] = [
  AccountsController,
  AppsController,
  AuditController,
  ArrivalController,
  AuthorisationsController,
  BankAccountsController,
  BankAuthorisationsController,
  BankDeskController,
  BankPagesController,
  BankPaymentsController,
  BankTokensController,
  BasketsController,
  BulkPaymentsController,
  CallbacksController,
  ConnectionKeysController,
  ConnectionWebhookController,
  ConnectionsController,
  ConsentsController,
  DecisionsController,
  EventsController,
  FundsController,
  HealthController,
  HubController,
  InstitutionsController,
  MetricsController,
  OAuthController,
  PaymentsController,
  PaymentsInDoubtController,
  PerformanceController,
  ProblemsController,
  ProvidersController,
  StatusController,
  TransactionsController,
  RootController,
  WebhookEndpointsController,
  WebhooksController,
];
