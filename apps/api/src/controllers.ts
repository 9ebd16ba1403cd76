import type { Type } from '@nestjs/common';
import { AppsController } from './apps/apps.controller.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { EventsController } from './events/events.controller.js';
import { InstitutionsController } from './institutions/institutions.controller.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { HealthController } from './operations/health.controller.js';
import { MetricsController } from './operations/metrics.controller.js';
import { ProblemsController } from './operations/problems.controller.js';
import { ProvidersController } from './providers/providers.controller.js';
import { PaymentsController } from './payments/payments.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

/** Every controller, one line each, sorted. */
export const controllers: readonly Type<unknown>[] = [
  AppsController,
  ConnectionsController,
  EventsController,
  HealthController,
  InstitutionsController,
  MetricsController,
  OAuthController,
  ProblemsController,
  ProvidersController,
  PaymentsController,
  WebhooksController,
];
