import type { Provider } from '../port/index.js';
import type { Reply } from '../../../../test/upstream.js';
import {
  callback,
  context,
  heldAuthorisation,
  heldBasket,
  heldConsent,
  heldPayment,
  startXs2a,
  type TestXs2a,
} from '../../../../test/xs2a.js';

const path = '/v1/signing-baskets';
let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a({ optionalServices: ['signingBaskets'] });
});
afterEach(() => xs2a.stop());

function baskets(): NonNullable<Provider['baskets']> {
  const found = xs2a.provider.baskets;
  if (!found) throw new Error('no baskets');
  return found;
}

const created = (json: object = {}): Reply => {
  return { status: 201, json: { transactionStatus: 'RCVD', basketId: 'bas-3', ...json } };
};

it('groups what is to be signed', async () => {
  const warning = { category: 'WARNING', code: 'WARNING', text: 'Slow today' };
  xs2a.bank.on(`POST ${path}`, created({ psuMessage: 'Two orders', tppMessages: [warning] }));
  const payments = ['pmt-1', 'pmt-2'].map((reference) => heldPayment({ reference }));
  const snapshot = await baskets().create(heldBasket({ payments, consents: [heldConsent()] }), callback, context);
  expect(snapshot).toMatchObject({
    reference: 'bas-3',
    status: 'RCVD',
    psuMessage: 'Two orders',
    warnings: ['Slow today'],
    authorisation: undefined,
  });
  const [request] = xs2a.bank.seen;
  expect(JSON.parse(request?.body ?? '')).toEqual({ paymentIds: ['pmt-1', 'pmt-2'], consentIds: ['con-7'] });
  expect(request?.headers).toMatchObject({ 'psu-id': 'anna', 'tpp-redirect-preferred': 'false' });
});

it('leaves out a kind that it has none of, and refuses a member that the bank has not named', async () => {
  xs2a.bank.on(`POST ${path}`, created());
  await baskets().create(heldBasket(), callback, context);
  expect(JSON.parse(xs2a.bank.seen[0]?.body ?? '')).toEqual({ paymentIds: ['pmt-9'] });
  const unnamed = heldBasket({ payments: [heldPayment()] });
  await expect(baskets().create(unnamed, callback, context)).rejects.toMatchObject({ kind: 'not-found' });
  expect(xs2a.bank.seen).toHaveLength(1);
});

it('is signed like anything else, once for all', async () => {
  const own = `${path}/bas-3/authorisations`;
  xs2a.bank.on(`POST ${path}`, created({ _links: { startAuthorisation: own } }));
  const basket = heldBasket();
  const { reference, continuation } = await baskets().create(basket, callback, context);
  const subject = { type: 'basket', basket: { ...basket, reference, continuation } } as const;
  xs2a.bank.on(`POST ${own}`, {
    status: 201,
    json: { authorisationId: 'a-1', scaStatus: 'psuIdentified', _links: { updatePsuAuthentication: `${own}/a-1` } },
  });
  const first = await xs2a.authorisation.start(subject, { callback }, context);
  xs2a.bank.on(`PUT ${own}/a-1`, { json: { scaStatus: 'finalised' } });
  const answer = { type: 'credentials', credentials: { password: 'hush' } } as const;
  await expect(xs2a.authorisation.answer(subject, heldAuthorisation(first), answer, context)).resolves.toMatchObject({
    scaStatus: 'finalised',
  });
});

it('is handed over with the SCA that the bank opened', async () => {
  const links = { scaRedirect: 'https://login.bank.example/b', scaStatus: `${path}/bas-3/authorisations/a-1` };
  xs2a.bank.on(`POST ${path}`, created({ _links: links }));
  await expect(baskets().create(heldBasket(), callback, context)).resolves.toMatchObject({
    authorisation: { reference: 'a-1', nextStep: { type: 'redirect' } },
  });
});

it.each([
  ['PATC', 'PATC'],
  ['ACTC', 'ACTC'],
  ['RJCT', 'RJCT'],
  ['ACTV', null],
])('that is %s reads as %s', async (word, status) => {
  xs2a.bank.on(`GET ${path}/bas-3/status`, { json: { transactionStatus: word } });
  await expect(baskets().read(heldBasket({ reference: 'bas-3' }), context)).resolves.toMatchObject({
    reference: 'bas-3',
    status,
    upstreamStatus: word,
    continuation: null,
  });
});

it('can be dissolved until it is being signed', async () => {
  xs2a.bank.on(
    `DELETE ${path}/bas-3`,
    { status: 204, text: '' },
    {
      status: 409,
      json: { tppMessages: [{ category: 'ERROR', code: 'REFERENCE_STATUS_INVALID' }] },
    },
  );
  const basket = heldBasket({ reference: 'bas-3' });
  await expect(baskets().remove(basket, context)).resolves.toBeUndefined();
  await expect(baskets().remove(basket, context)).rejects.toMatchObject({ kind: 'rejected' });
});

it.each<[string, Reply, string]>([
  ['REFERENCE_MIX_INVALID', { status: 400, json: { tppMessages: [{ code: 'REFERENCE_MIX_INVALID' }] } }, 'rejected'],
  ['SERVICE_INVALID', { status: 405, json: { tppMessages: [{ code: 'SERVICE_INVALID' }] } }, 'unsupported'],
  ['a basket without an id', { status: 201, json: { transactionStatus: 'RCVD' } }, 'malformed'],
])('is not there after %s', async (_, reply, kind) => {
  xs2a.bank.on(`POST ${path}`, reply);
  await expect(baskets().create(heldBasket(), callback, context)).rejects.toMatchObject({ kind });
});

it('is only there where the bank has them; its members are made without an SCA of their own', async () => {
  expect(xs2a.with({ optionalServices: [] }).provider.baskets).toBeUndefined();
  xs2a.bank.on('POST /v1/payments/sepa-credit-transfers', {
    status: 201,
    json: { transactionStatus: 'RCVD', paymentId: 'pmt-1' },
  });
  const plain = heldPayment();
  await xs2a.payments.initiate({ ...plain, explicitStart: true }, callback, context);
  await xs2a.with({ explicitStart: false }).payments.initiate(plain, callback, context);
  await xs2a.payments.initiate(plain, callback, context);
  expect(xs2a.bank.seen.map(({ headers }) => headers['tpp-explicit-authorisation-preferred'])).toEqual([
    'true',
    'false',
    undefined,
  ]);
});
