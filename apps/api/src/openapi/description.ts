/** The words of the OpenAPI document that belong to no single operation. */
export const description = `
One REST API over very different banks and hubs. An app speaks only this API; which upstream carries a call, and how it
spells things, is the platform's business.

## Concepts
- **App**: a tenant. Everything belongs to the app of the access token; what belongs to another app does not exist for you.
- **Institution**: a bank (ASPSP). Its \`routes\` say through which connections it is reached and what they can do.
- **Consent**: what a PSU allows you to read, at one institution, until a day.
- **Authorisation**: the SCA of a consent or payment. \`nextStep\` says what the PSU or you have to do next; the four
  approaches (redirect, embedded, decoupled, oauth) differ only in the steps that come.
- **Payment**: initiated once, followed to its end. \`isoStatus\` is what the bank said (ISO 20022), \`status\` what it means.
  Nobody infers a failure: a payment whose outcome nobody knows is \`unknown\` until there is evidence.

## Quickstart
1. \`POST /oauth/token\` with your client id and secret (press *Authorize* above).
2. \`GET /v1/institutions?country=DE\` and choose one.
3. \`POST /v1/consents\`, then follow \`nextStep\` until it is null: send the PSU to its \`url\`, or answer with
   \`POST /v1/authorisations/{id}/steps\`.
4. \`GET /v1/accounts?consentId=...\` and what is below it.
5. \`POST /v1/payments\` with an \`Idempotency-Key\`, follow \`nextStep\`, then \`GET /v1/payments/{id}\`.

## Conventions
- Ids have a prefix and sort by time. Money is \`{ "amount": "12.34", "currency": "EUR" }\`, never a JSON number. Times are
  RFC 3339 in UTC; a bank's dates are \`YYYY-MM-DD\`.
- Lists take \`limit\` and \`cursor\` and answer \`{ data, page }\`. A cursor is opaque.
- Errors are problem documents (RFC 9457), explained at [/problems](/problems). \`retry.safe\` says whether the same request
  may be sent again.
- **Enum values, event types and problem codes may be added at any time: treat one that you do not know as "something else".**
- Unknown fields in a body are refused with 400.
- \`Idempotency-Key\` is required where money moves and optional for every other POST.
- \`PSU-IP-Address\` and the other PSU headers forward the PSU's own request. With an IP address a call is attended; without
  it, it counts against the bank's daily limit.
- Every answer carries \`X-Request-Id\`: yours, or a new one.
`;

/** What the tags are about, in the order in which the page shows them. */
export const tags: Readonly<Record<string, string>> = {
  OAuth: 'Access tokens for apps.',
  Apps: 'Tenants and their credentials. For administrators.',
  Providers: 'The catalogue of upstreams. For administrators.',
  Connections: 'Our accounts at the upstreams. For administrators.',
  Institutions: 'Banks that can be reached.',
  Consents: 'What a PSU allows.',
  Authorisations: 'Strong customer authentication (SCA) of consents, payments, cancellations and baskets.',
  Callbacks: "Where the PSU's browser comes back to.",
  Accounts: 'Accounts and what is known about them.',
  Transactions: 'What happened on accounts.',
  Payments: 'Payment initiation and its end.',
  'Bulk payments': 'Many payments from one account, authorised together.',
  'Signing baskets': 'Payments and consents authorised with one SCA.',
  'Funds confirmations': 'Is there enough on the account?',
  'Being the bank': 'For apps that are a bank: what they hold, and what TPPs ask for. See also the hosted pages.',
  Events: 'What happened, for apps that read.',
  Webhooks: 'What happened, for apps that are called.',
  Upstreams: 'Where banks and hubs call us. Not for apps.',
  Operations: 'Health, measurements, explanations.',
};

/** What each scope allows. */
export const scopeDescriptions = {
  institutions: 'Read institutions',
  consents: 'Ask for consents and carry them through SCA',
  accounts: 'Read accounts, balances, transactions',
  payments: 'Initiate and follow payments, confirm funds',
  webhooks: 'Read events, manage webhook endpoints',
  bank: 'Answer as the bank',
  admin: 'Manage apps and connections',
} as const;
