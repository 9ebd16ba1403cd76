export const BOOKING_STATUSES = ['booked', 'pending', 'both', 'information', 'all'] as const;
export const CARD_BOOKING_STATUSES = ['booked', 'pending', 'both'] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

/** What a TPP wants to read of an account's transactions. */
export interface ReportQuery {
  bookingStatus: BookingStatus;
  /** First and last booking day, both included; `from` is empty without a limit. */
  from: string;
  to: string;
  /** Only what was booked after the entry with this reference. */
  after?: string | undefined;
  /** Only what was booked since this consent read to the end the last time. */
  delta: boolean;
  page: number;
  pageSize: number;
}

/** Whether the query asks for entries of that kind. */
export function wants(query: ReportQuery, status: 'booked' | 'pending' | 'information'): boolean {
  const { bookingStatus } = query;
  return bookingStatus === status || bookingStatus === 'all' || (bookingStatus === 'both' && status !== 'information');
}
