import {
  AccountDocumentEntity,
  AccountEntity,
  BalanceEntity,
  ConsentAccountEntity,
  DataReadEntity,
  TransactionEntity,
} from './account.js';
import { AppCredentialEntity, AppEntity, IdempotencyRecordEntity, SigningKeyEntity } from './app.js';
import { AuditEntryEntity } from './audit.js';
import { BankAuthorisationEntity, BankSessionEntity, BankTokenEntity } from './bank-access.js';
import { BankAccountEntity, BankDeskEntity, BankTransactionEntity } from './bank-account.js';
import { BankPaymentEntity, BankPaymentStatusEntity, BankReportEntity, BankRequestEntity } from './bank-payment.js';
import { BasketMemberEntity, SigningBasketEntity } from './basket.js';
import { ConnectionEntity, ConnectionMinuteEntity, InstitutionEntity, InstitutionRouteEntity } from './connection.js';
import { AuthorisationEntity, CallbackEntity, ConsentEntity, ConsentEventEntity, GrantEntity } from './consent.js';
import { PollingLeaseEntity } from './polling-lease.js';
import { RateCountEntity } from './limits.js';
import { PaymentDecisionEntity } from './payment-decision.js';
import { InboxMessageEntity, OutboxEventEntity, PaymentEntity, PaymentObservationEntity } from './payment.js';
import { ConnectionDayEntity, ConnectionSilenceEntity } from './performance.js';
import { WebhookTrustEntity } from './webhook-trust.js';
import { WebhookAttemptEntity, WebhookDeliveryEntity, WebhookEndpointEntity } from './webhook.js';

/** Every mapping; the migrations must make exactly these tables (a test compares). */
export const entities = [
  AccountDocumentEntity,
  AccountEntity,
  AppCredentialEntity,
  AppEntity,
  AuditEntryEntity,
  AuthorisationEntity,
  BalanceEntity,
  BankAccountEntity,
  BankAuthorisationEntity,
  BankDeskEntity,
  BankPaymentEntity,
  BankPaymentStatusEntity,
  BankReportEntity,
  BankRequestEntity,
  BankSessionEntity,
  BankTokenEntity,
  BankTransactionEntity,
  BasketMemberEntity,
  CallbackEntity,
  ConnectionDayEntity,
  ConnectionEntity,
  ConnectionMinuteEntity,
  ConnectionSilenceEntity,
  ConsentAccountEntity,
  ConsentEntity,
  ConsentEventEntity,
  DataReadEntity,
  GrantEntity,
  IdempotencyRecordEntity,
  InboxMessageEntity,
  InstitutionEntity,
  InstitutionRouteEntity,
  OutboxEventEntity,
  PaymentDecisionEntity,
  PaymentEntity,
  PaymentObservationEntity,
  PollingLeaseEntity,
  RateCountEntity,
  SigningBasketEntity,
  SigningKeyEntity,
  TransactionEntity,
  WebhookAttemptEntity,
  WebhookDeliveryEntity,
  WebhookEndpointEntity,
  WebhookTrustEntity,
];
