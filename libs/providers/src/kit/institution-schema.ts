/**
 * JSON Schemas of what an operator enters about an institution that no directory describes. A provider adds its own
 * examples. BIC: ISO 9362, 8 or 11 characters. Country: ISO 3166-1 alpha-2.
 */
export const institutionMembers = {
  name: { type: 'string', minLength: 1, maxLength: 140, title: 'Name' },
  bic: { type: 'string', pattern: '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$', title: 'BIC' },
  country: { type: 'string', pattern: '^[A-Z]{2}$', title: 'Country', description: 'ISO 3166-1 alpha-2.' },
} as const;
