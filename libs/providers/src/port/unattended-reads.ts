/**
 * Our own count of the calls under one consent that no PSU waits for (RTS Art. 36(5)), so that a scheduler never makes the one
 * that the bank would refuse. A call counts when it is about to be sent: one that is sent again counts again.
 */
export interface UnattendedReads {
  /**
   * Counts one call before it is sent.
   * @param endpoint what the bank counts by; any name that stays the same
   * @param mostPerDay what the bank allows in a UTC day; less counts where the consent says less
   * @returns null: send it; else when the next one is allowed
   */
  take(endpoint: string, mostPerDay: number): Promise<Date | null>;
}
