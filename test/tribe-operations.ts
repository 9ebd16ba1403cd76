/** The planes of Tribe Open Banking: its four documents, and what lies between them in the PSU's browser. */
export type Plane = 'TPP API' | 'TPP webhooks' | 'Actions' | 'bank webhooks' | 'OAuth' | 'browser';

/** One operation of a document: what may be asked, and what may be answered. Schemas are pointers into the samples. */
export interface Operation {
  readonly plane: Plane;
  /** As in its document. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly headers?: string;
  /** Absent: no parameter is declared. */
  readonly query?: string;
  /** Absent: no body is declared. */
  readonly request?: string;
  /** The body is a form. */
  readonly form?: boolean;
  /** By status; null: an answer without content. */
  readonly answers: Readonly<Record<number, string | null>>;
  readonly answerHeaders?: string;
  /** The query that a redirect must have. */
  readonly location?: string;
  /** Statuses of declared refusals. */
  readonly refusals: readonly number[];
  /** Query parameters of the sender's own, which come back as they were. */
  readonly own?: readonly string[];
}

/** Below the address of a hub or of ours. */
const prefixes: readonly (readonly [Plane, RegExp])[] = [
  ['TPP API', /^\/tribe@[^/]+\/tpp\/v2\//],
  ['Actions', /^\/tribe@[^/]+\/bank\/v2\//],
  ['OAuth', /^\/tribe@[^/]+\/oauth\/token/],
  ['browser', /^\/tribe@[^/]+\/(?:oauth\/authorize|callback)/],
  ['bank webhooks', /^\/bank\/tribe\/[^/]+\/v2_/],
  ['TPP webhooks', /^\/webhooks\/tribe\//],
];

export function planeOf(path: string): Plane | null {
  return prefixes.find(([, prefix]) => prefix.test(path))?.[0] ?? null;
}

const refusalsOf = {
  'TPP API': ['tpp#/$defs/answers/$defs/error'],
  OAuth: ['tpp#/$defs/answers/$defs/tokenError'],
  Actions: ['bank#/$defs/errors/$defs/action'],
  'bank webhooks': ['bank#/$defs/errors/$defs/webhook'],
} as const satisfies Partial<Record<Plane, readonly string[]>>;

/** Statuses of errors in Tribe's text about the bank plane, whose documents declare 200 alone. */
const bankRefusals = [400, 401, 403, 404, 500, 502] as const;

/** What a refusal must be like; null where nothing refuses so. */
export function refusalOf(plane: Plane, status: number): readonly string[] | null {
  if (plane === 'TPP webhooks' || plane === 'browser' || status < 400) return null;
  const schemas = refusalsOf[plane];
  if (plane === 'TPP API' || plane === 'OAuth') return schemas;
  const codes = bankRefusals.some((one) => one === status) ? [`bank#/$defs/errors/$defs/${status}`] : [];
  return [...schemas, ...codes];
}

function pathOf(prefix: string, template: string): RegExp {
  return new RegExp(`^${prefix}${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

function tpp(
  name: string,
  {
    request,
    query,
    ...more
  }: { headers: string; answer: string; answerHeaders: string; request?: string; query?: string },
): Operation {
  const [method, template = ''] = name.split(' ');
  const [directory, byId, posts] = [name === 'GET /banks', /^GET .*\{/.test(name), method === 'POST'];
  const created = posts && name !== 'POST /funds-confirmations';
  return {
    plane: 'TPP API',
    name,
    method: posts ? 'POST' : 'GET',
    path: pathOf('/tribe@[^/]+/tpp/v2', template),
    headers: `tpp#/$defs/headers/$defs/${more.headers}`,
    ...(query && { query: `tpp#/$defs/queries/$defs/${query}` }),
    ...(request && { request: `tpp#/$defs/requests/$defs/${request}` }),
    answers: { [created ? 201 : 200]: `tpp#/$defs/answers/$defs/${more.answer}` },
    answerHeaders: `tpp#/$defs/answerHeaders/$defs/${more.answerHeaders}`,
    refusals: [
      400,
      401,
      403,
      405,
      406,
      500,
      ...(directory ? [] : [429]),
      ...(byId ? [404] : []),
      ...(posts ? [415] : []),
    ],
  };
}

const read = { headers: 'read', answerHeaders: 'counted' } as const;
const direct = { headers: 'read', answerHeaders: 'echoed' } as const;
const paid = { request: 'singlePayment', answer: 'paymentCreated' } as const;

/** The literal `status` wins over a path of a bank and a payment. */
const tppApi: readonly Operation[] = [
  tpp('GET /accounts', { ...read, answer: 'accounts' }),
  tpp('GET /accounts/{accountId}', { ...read, answer: 'account' }),
  tpp('GET /accounts/{accountId}/balances', { ...read, answer: 'balances' }),
  tpp('GET /accounts/{accountId}/transactions', { ...read, query: 'transactions', answer: 'transactions' }),
  tpp('POST /payments', { ...paid, headers: 'initiation', answerHeaders: 'counted' }),
  tpp('GET /payments/{paymentId}', { ...read, answer: 'singlePayment' }),
  tpp('GET /payments/{paymentId}/status', { ...read, answer: 'paymentStatus' }),
  tpp('POST /bulk-payments', { ...paid, headers: 'initiation', answerHeaders: 'counted', request: 'bulkPayment' }),
  tpp('GET /bulk-payments/{paymentId}', { ...read, answer: 'singlePayment' }),
  tpp('GET /bulk-payments/{paymentId}/status', { ...read, answer: 'paymentStatus' }),
  tpp('GET /banks', { headers: 'directory', answerHeaders: 'plain', query: 'banks', answer: 'banks' }),
  tpp('POST /funds-confirmations', { ...read, request: 'fundsConfirmation', answer: 'fundsConfirmation' }),
  tpp('POST /direct/payments', { ...paid, headers: 'initiation', answerHeaders: 'echoed' }),
  tpp('POST /direct/payments/{bankIdentifier}', { ...paid, headers: 'directInitiation', answerHeaders: 'echoed' }),
  tpp('GET /direct/payments/{paymentId}', { ...direct, answer: 'singlePayment' }),
  tpp('GET /direct/payments/{paymentId}/status', { ...direct, answer: 'paymentStatus' }),
  tpp('GET /direct/payments/{bankIdentifier}/{paymentId}', { ...direct, answer: 'singlePayment' }),
  tpp('GET /direct/payments/{bankIdentifier}/{paymentId}/status', { ...direct, answer: 'paymentStatus' }),
];

const tppWebhooks = ['v2_payment_status', 'v2_payment_confirmation_link_expire'].map((name): Operation => ({
  plane: 'TPP webhooks',
  name,
  method: 'POST',
  path: pathOf('/webhooks/tribe/', name),
  request: `tpp#/$defs/requests/$defs/${name}`,
  answers: { 200: null },
  refusals: [],
}));

const actions = ['init_authorization', 'consent', 'token/revoke', 'daily_performance', 'payments/status'].map(
  (name): Operation => ({
    plane: 'Actions',
    name,
    method: 'POST',
    path: pathOf('/tribe@[^/]+/bank/v2/', name),
    headers: 'bank#/$defs/headers/$defs/action',
    request: `bank#/$defs/requests/$defs/${name.replace('/', '_')}`,
    answers: { 200: `bank#/$defs/answers/$defs/${name.replace('/', '_')}` },
    refusals: bankRefusals,
  }),
);

/** Whose token comes with it (Tribe's text, "Request header"): a customer's where it is about one, none for direct payments. */
const bankWebhooks = (
  [
    ['v2_accounts', 'aboutCustomer'],
    ['v2_account', 'aboutCustomer'],
    ['v2_account_balances', 'aboutCustomer'],
    ['v2_account_transactions', 'aboutCustomer'],
    ['v2_funds_confirmations', 'aboutCustomer'],
    ['v2_payment_single', 'aboutCustomer'],
    ['v2_payment_single_status', 'aboutPayment'],
    ['v2_payment_bulk', 'aboutCustomer'],
    ['v2_payment_bulk_status', 'aboutCustomer'],
    ['v2_payment_direct_single', 'action'],
  ] as const
).map(([name, headers]): Operation => ({
  plane: 'bank webhooks',
  name,
  method: 'POST',
  path: pathOf('/bank/tribe/[^/]+/', name),
  headers: `bank#/$defs/headers/$defs/${headers}`,
  ...(name !== 'v2_accounts' && { request: `bank#/$defs/requests/$defs/${name}` }),
  answers: { 200: `bank#/$defs/answers/$defs/${name}` },
  refusals: bankRefusals,
}));

/** In none of the documents: the code flow of OAuth 2.0 (RFC 6749 section 4.1, RFC 7636), and the two redirects after a payment's SCA. */
const between: readonly Operation[] = [
  {
    plane: 'OAuth',
    name: 'POST /oauth/token',
    method: 'POST',
    path: pathOf('/tribe@[^/]+/oauth/', 'token'),
    request: 'tpp#/$defs/requests/$defs/token',
    form: true,
    answers: { 200: 'tpp#/$defs/answers/$defs/token' },
    refusals: [400, 401],
  },
  {
    plane: 'browser',
    name: 'from the TPP to the bank, for a grant',
    method: 'GET',
    path: pathOf('/tribe@[^/]+/oauth/', 'authorize'),
    query: 'tpp#/$defs/queries/$defs/authorize',
    answers: { 302: null },
    location: 'tpp#/$defs/queries/$defs/authorize',
    refusals: [],
  },
  {
    plane: 'browser',
    name: 'from the bank to the TPP, after a confirmation',
    method: 'GET',
    path: pathOf('/tribe@[^/]+/', 'callback'),
    query: 'bank#/$defs/answers/$defs/redirect',
    answers: { 302: null },
    location: 'tpp#/$defs/answers/$defs/paid',
    refusals: [],
    own: ['sid', 'state'],
  },
];

export const operations: readonly Operation[] = [...tppApi, ...tppWebhooks, ...actions, ...bankWebhooks, ...between];
