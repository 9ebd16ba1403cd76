// A bank with fixed answers in the words of Berlin Group XS2A, below /b0 to /b9 as ten banks. It counts what it was asked, answers
// after a settable time, can hang, and does nothing else: the simulators of the sandbox judge, this one only bears load.
// Its parent talks to it over IPC: { set: {...} } changes it, { reset: true } forgets the counts; every message is answered.
import { createServer } from 'node:http';

const settings = {
  /** Milliseconds before every answer. */
  latencyMs: 0,
  /** Numbers of the banks that never answer. */
  hanging: [],
  /** Whether every reading of a balance brings another amount. */
  changing: false,
  /** Of so many payments one has settled when its status is asked for, the one whose number leaves that rest; 0: none has. */
  settledOneIn: 0,
  settledRest: 0,
};
const counts = { requests: 0, connections: 0, operations: {}, first: 0, last: 0, maxInFlight: 0 };
let inFlight = 0;
let serial = 0;
let port = 0;

const now = () => performance.timeOrigin + performance.now();
const numberIn = (reference) => Number(/\d+/.exec(reference)?.[0] ?? 0);
const settled = (reference) =>
  settings.settledOneIn > 0 && numberIn(reference) % settings.settledOneIn === settings.settledRest;
const iban = (number) =>
  `DE${String(98 - Number(BigInt(`${bban(number)}131400`) % 97n)).padStart(2, '0')}${bban(number)}`;
const bban = (number) => `37040044${String(number).padStart(10, '0')}`;

/** Name, pattern below the bank's prefix, answer. The first capture is the reference. */
const operations = [
  ['readBalances', 'GET', /^\/v1\/accounts\/([^/]+)\/balances$/, balances],
  ['readPaymentStatus', 'GET', /^\/v1\/payments\/[^/]+\/([^/]+)\/status$/, paymentStatus],
  ['initiatePayment', 'POST', /^\/v1\/payments\/([^/]+)$/, initiate],
  ['readPayment', 'GET', /^\/v1\/payments\/[^/]+\/([^/]+)$/, payment],
  ['createConsent', 'POST', /^\/v1\/consents$/, createConsent],
  [
    'readConsent',
    'GET',
    /^\/v1\/consents\/([^/]+)$/,
    () => [200, { consentStatus: 'valid', access: { allPsd2: 'allAccounts' } }],
  ],
  ['listAccounts', 'GET', /^\/v1\/accounts$/, accounts],
  ['readAuthorisation', 'GET', /\/authorisations\/([^/]+)$/, () => [200, { scaStatus: 'finalised' }]],
];

function balances({ reference, base }) {
  serial += 1;
  const cents = settings.changing ? String(serial % 100).padStart(2, '0') : '00';
  const amount = `${1_000_000 + numberIn(reference)}.${cents}`;
  const lastChangeDateTime = '2026-03-01T09:00:00Z';
  const links = { self: { href: `${base}/v1/accounts/${reference}` } };
  return [
    200,
    {
      account: { iban: iban(numberIn(reference)) },
      balances: [
        { balanceType: 'interimAvailable', balanceAmount: { currency: 'EUR', amount }, lastChangeDateTime },
        {
          balanceType: 'closingBooked',
          balanceAmount: { currency: 'EUR', amount: '812.40' },
          referenceDate: '2026-03-01',
        },
        { balanceType: 'expected', balanceAmount: { currency: 'EUR', amount: '-12.50' }, referenceDate: '2026-03-02' },
      ],
      _links: links,
    },
  ];
}

/** The bank may grant a consent without asking the PSU; here it always does, so that a thousand of them are quickly made. */
function createConsent({ base }) {
  serial += 1;
  const consentId = `consent-${serial}`;
  const links = { self: { href: `${base}/v1/consents/${consentId}` }, account: { href: `${base}/v1/accounts` } };
  return [201, { consentStatus: 'valid', consentId, _links: links }];
}

function accounts({ base, consent }) {
  const number = numberIn(consent);
  const resourceId = `r-${number}`;
  const links = { balances: { href: `${base}/v1/accounts/${resourceId}/balances` } };
  const account = {
    resourceId,
    iban: iban(number),
    currency: 'EUR',
    product: 'Giro',
    cashAccountType: 'CACC',
    _links: links,
  };
  return [200, { accounts: [account] }];
}

function initiate({ reference: product, base, body }) {
  serial += 1;
  const paymentId = `p-${serial}`;
  const self = `${base}/v1/payments/${product}/${paymentId}`;
  const links = {
    scaRedirect: { href: `${base}/login?payment=${paymentId}` },
    self: { href: self },
    status: { href: `${self}/status` },
    scaStatus: { href: `${self}/authorisations/a-${serial}` },
  };
  orders.set(paymentId, JSON.parse(body));
  return [201, { transactionStatus: 'RCVD', paymentId, _links: links }, { 'aspsp-sca-approach': 'REDIRECT' }];
}
/** What was ordered, for a comparison with the order; of payments that were not made here nothing is known. */
const orders = new Map();

function payment({ reference }) {
  const order = orders.get(reference);
  return order
    ? [200, { ...order, transactionStatus: 'ACSP' }]
    : [404, { tppMessages: [{ category: 'ERROR', code: 'RESOURCE_UNKNOWN' }] }];
}

function paymentStatus({ reference }) {
  return [200, { transactionStatus: settled(reference) ? 'ACSC' : 'ACSP' }];
}

const server = createServer((request, response) => {
  const at = now();
  counts.requests += 1;
  counts.first ||= at;
  counts.last = at;
  inFlight += 1;
  counts.maxInFlight = Math.max(counts.maxInFlight, inFlight);
  response.once('close', () => (inFlight -= 1));
  const path = request.url.split('?', 1)[0];
  const [, bank, route] = /^\/b(\d)(\/.*)$/.exec(path) ?? [];
  const found = operations.find(([, method, pattern]) => request.method === method && pattern.test(route ?? ''));
  const name = found?.[0] ?? 'unknown';
  counts.operations[name] = (counts.operations[name] ?? 0) + 1;
  if (settings.hanging.includes(Number(bank))) return;
  const finish = (body) => {
    const facts = { base: `http://127.0.0.1:${port}/b${bank}`, consent: request.headers['consent-id'] ?? '', body };
    const reference = found?.[2].exec(route)?.[1];
    const [status, answer, headers] = found
      ? found[3]({ ...facts, reference })
      : [404, { tppMessages: [{ category: 'ERROR', code: 'RESOURCE_UNKNOWN' }] }];
    const send = () => {
      const text = JSON.stringify(answer);
      response.writeHead(status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        ...headers,
      });
      response.end(text);
    };
    if (settings.latencyMs > 0) setTimeout(send, settings.latencyMs);
    else send();
  };
  if (request.method === 'GET') return finish('');
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => finish(Buffer.concat(chunks).toString()));
});
server.keepAliveTimeout = 120_000;
server.requestTimeout = 0;
server.on('connection', (socket) => {
  socket.setNoDelay(true);
  counts.connections += 1;
});

process.on('message', ({ set, reset, id }) => {
  Object.assign(settings, set);
  const answer = structuredClone(counts);
  if (reset)
    Object.assign(counts, { requests: 0, connections: 0, operations: {}, first: 0, last: 0, maxInFlight: inFlight });
  process.send({ id, counts: answer });
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', 4096, () => {
  ({ port } = server.address());
  process.send({ port });
});
