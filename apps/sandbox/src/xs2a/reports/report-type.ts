/** Media types of transaction reports, the preferred one first. */
export const REPORT_TYPES = ['application/json', 'application/xml', 'text/plain'] as const;
export type ReportType = (typeof REPORT_TYPES)[number];
