/** Schema of a bank's own words: JSON of any kind, and the text of a report's entry as text. */
export const upstreamWords = {
  oneOf: [
    { type: 'object', additionalProperties: true },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'array', items: {} },
  ],
  nullable: true,
  example: { transactionId: '2026-11-19-0042' },
};
