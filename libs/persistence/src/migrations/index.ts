import { Foundation1790000000000 } from './1-foundation.js';
import { PaymentKinds1790000001000 } from './2-payment-kinds.js';
import { ReadMarks1790000002000 } from './3-read-marks.js';
import { UnattendedReads1790000004000 } from './4-unattended-reads.js';
import { UpstreamStatistics1790000005000 } from './5-upstream-statistics.js';
import { RouteFacts1790000006000 } from './6-route-facts.js';
import { BankDesk1790000007000 } from './7-bank-desk.js';
import { RowSecurity1790000009000 } from './9-row-security.js';
import { Webhooks1790000010000 } from './10-webhooks.js';
import { RawRewrapping1790000011000 } from './11-raw-rewrapping.js';
import { AuditLog1790000012000 } from './12-audit-log.js';
import { Limits1790000013000 } from './13-limits.js';
import { Decisions1790000014000 } from './14-decisions.js';
import { TwoApps1790000016000 } from './16-two-apps.js';
import { Retention1790000017000 } from './17-retention.js';
import { PollingLeases1790000019000 } from './19-polling-leases.js';
import { RefusedReports1790000020000 } from './20-refused-reports.js';
import { EventSubjects1790000022000 } from './22-event-subjects.js';

/** In the order in which they run; a released one is never edited. */
export const migrations = [
  Foundation1790000000000,
  PaymentKinds1790000001000,
  ReadMarks1790000002000,
  UnattendedReads1790000004000,
  UpstreamStatistics1790000005000,
  RouteFacts1790000006000,
  BankDesk1790000007000,
  RowSecurity1790000009000,
  Webhooks1790000010000,
  RawRewrapping1790000011000,
  AuditLog1790000012000,
  Limits1790000013000,
  Decisions1790000014000,
  TwoApps1790000016000,
  Retention1790000017000,
  PollingLeases1790000019000,
  RefusedReports1790000020000,
  EventSubjects1790000022000,
];
