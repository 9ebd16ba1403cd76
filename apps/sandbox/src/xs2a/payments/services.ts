/** payment-service of the path. */
export const SERVICES = ['payments', 'bulk-payments', 'periodic-payments'] as const;
export type PaymentService = (typeof SERVICES)[number];
