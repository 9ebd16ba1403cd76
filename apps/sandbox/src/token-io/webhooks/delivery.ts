/** All kinds of events that can be subscribed to. */
export const EVENT_TYPES = [
  'TRANSFER_STATUS_CHANGED',
  'STANDING_ORDER_STATUS_CHANGED',
  'REFUND_STATUS_CHANGED',
  'PAYMENT_STATUS_CHANGED',
  'VRP_STATUS_CHANGED',
  'VRP_CONSENT_STATUS_CHANGED',
  'VIRTUAL_ACCOUNT_CREDIT_RECEIVED',
  'PAYOUT_STATUS_CHANGED',
  'SETTLEMENT_RULE_PAYOUT_EXECUTION_FAILED',
  'BANK_AIS_OUTAGE_STATUS_CHANGED',
  'BANK_SIP_OUTAGE_STATUS_CHANGED',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** How deliveries go wrong, by control. */
export interface CourierBehaviour {
  /** Each first try so much later. */
  lateSeconds: number;
  /** Sends each event so many times. */
  copies: number;
  /** Leaves out every event, or every second one. */
  drop: 'none' | 'all' | 'everySecond';
  /** Keeps events back until they are released. */
  hold: boolean;
  /** Sends what was held in another order. */
  shuffle: boolean;
  /** One that was not acknowledged comes again after so many seconds; null: after minutes and hours, as the upstream says. */
  retrySeconds: number | null;
  /** Signs with another text than is sent. */
  badSignature: boolean;
}

export const NORMAL_BEHAVIOUR: CourierBehaviour = {
  lateSeconds: 0,
  copies: 1,
  drop: 'none',
  hold: false,
  shuffle: false,
  retrySeconds: null,
  badSignature: false,
};

/** One event on its way to a member. */
export interface Delivery {
  eventId: string;
  memberId: string;
  type: EventType;
  url: string;
  body: string;
  state: 'waiting' | 'held' | 'dropped' | 'delivered' | 'givenUp';
  attempts: { at: Date; httpStatus: number | null; error?: string }[];
}
