import type { HeldPayment } from '../../port/index.js';
import type { Reply } from '../../../../../test/upstream.js';
import {
  callback,
  context,
  heldAuthorisation,
  heldPayment,
  sample,
  sentPayment,
  startXs2a,
  type TestXs2a,
} from '../../../../../test/xs2a.js';

const path = '/v1/payments/sepa-credit-transfers';
const cancellations = `${path}/pmt-9/cancellation-authorisations`;
let xs2a: TestXs2a;
let payment: HeldPayment;

beforeEach(async () => {
  xs2a = await startXs2a();
  xs2a.bank.on(`POST ${path}`, { status: 201, json: { transactionStatus: 'RCVD', paymentId: 'pmt-9' } });
  payment = sentPayment(heldPayment(), await xs2a.payments.initiate(heldPayment(), callback, context));
});
afterEach(() => xs2a.stop());

function cancel() {
  const { payments } = xs2a;
  if (!payments.cancel) throw new Error('payments cannot be cancelled');
  return payments.cancel(payment, callback, context);
}

const answers = (status: number, json: object): Reply => ({ status, json });

it('without an SCA says nothing about the payment, which is asked then', async () => {
  xs2a.bank.on(`DELETE ${path}/pmt-9`, { status: 204, text: '' });
  await expect(cancel()).resolves.toMatchObject({
    payment: undefined,
    authorisationRequired: false,
    authorisation: undefined,
  });
  expect(xs2a.bank.seen.at(-1)?.headers).toMatchObject({ 'tpp-redirect-preferred': 'false' });
});

it('may end the payment at once', async () => {
  xs2a.bank.on(`DELETE ${path}/pmt-9`, answers(202, { transactionStatus: 'CANC' }));
  await expect(cancel()).resolves.toMatchObject({ payment: { status: 'CANC' }, authorisationRequired: false });
});

// Negative control: with a snapshot of CANC for every 2xx, the payment would be called cancelled before anybody confirmed it.
it('with an SCA leaves the payment as it is, and opens the SCA of the cancellation', async () => {
  const startAuthorisation = { href: cancellations };
  xs2a.bank.on(`DELETE ${path}/pmt-9`, answers(202, { transactionStatus: 'ACTC', _links: { startAuthorisation } }));
  const asked = await cancel();
  expect(asked).toMatchObject({
    payment: { status: 'ACTC', reference: 'pmt-9' },
    authorisationRequired: true,
    authorisation: undefined,
  });

  const subject = { type: 'cancellation', payment: { ...payment, continuation: asked.continuation ?? null } } as const;
  const own = `${cancellations}/can-1`;
  xs2a.bank.on(`POST ${cancellations}`, {
    status: 201,
    json: { authorisationId: 'can-1', scaStatus: 'psuIdentified', _links: { updatePsuAuthentication: own } },
  });
  const first = await xs2a.authorisation.start(subject, { callback }, context);
  expect(first).toMatchObject({ reference: 'can-1', nextStep: { type: 'credentials' } });
  xs2a.bank.on(`PUT ${own}`, { json: { scaStatus: 'finalised' } });
  const answer = { type: 'credentials', credentials: { password: 'hush' } } as const;
  await expect(xs2a.authorisation.answer(subject, heldAuthorisation(first), answer, context)).resolves.toMatchObject({
    scaStatus: 'finalised',
    nextStep: null,
  });
});

it('with an SCA that the bank opened hands it over', async () => {
  const links = { scaRedirect: 'https://login.bank.example/c', scaStatus: `${cancellations}/can-1` };
  xs2a.bank.on(`DELETE ${path}/pmt-9`, answers(202, { transactionStatus: 'ACTC', psuMessage: 'Sure?', _links: links }));
  const asked = await cancel();
  expect(asked).toMatchObject({
    authorisationRequired: true,
    authorisation: { reference: 'can-1', nextStep: { url: 'https://login.bank.example/c' } },
    payment: { psuMessage: 'Sure?' },
  });
  // A second start makes a new one, by the framework's path.
  const subject = { type: 'cancellation', payment: { ...payment, continuation: asked.continuation ?? null } } as const;
  xs2a.bank.on(`POST ${cancellations}`, sample('authorisation-redirect', 201));
  await xs2a.authorisation.start(subject, { callback }, context);
  expect(xs2a.bank.seen.at(-1)?.path).toBe(cancellations);
});

it('asks for the SCA of the cancellation, not of the payment', async () => {
  xs2a.bank.on(`DELETE ${path}/pmt-9`, answers(202, { transactionStatus: 'ACTC' }));
  const asked = await cancel();
  const subject = { type: 'cancellation', payment: { ...payment, continuation: asked.continuation ?? null } } as const;
  const held = {
    id: 'aut_1',
    reference: null,
    approach: 'redirect',
    nextStep: null,
    continuation: { links: {}, status: '', callback, decoupledMethods: [] },
  } as const;
  // Older versions name the list otherwise.
  xs2a.bank.on(`GET ${cancellations}`, { json: { cancellationIds: ['can-0', 'can-1'] } });
  xs2a.bank.on(`GET ${cancellations}/can-1`, { json: { scaStatus: 'finalised' } });
  await expect(xs2a.authorisation.status(subject, held, context)).resolves.toMatchObject({ scaStatus: 'finalised' });
});

it.each<[string, Reply, string]>([
  ['405', answers(405, { tppMessages: [{ category: 'ERROR', code: 'CANCELLATION_INVALID' }] }), 'rejected'],
  ['405 without a word', { status: 405, text: '' }, 'rejected'],
  ['405 SERVICE_INVALID', answers(405, { tppMessages: [{ code: 'SERVICE_INVALID' }] }), 'rejected'],
  ['400', answers(400, { tppMessages: [{ category: 'ERROR', code: 'CANCELLATION_INVALID' }] }), 'rejected'],
  ['400 for a final payment', answers(400, { tppMessages: [{ code: 'FORMAT_ERROR' }] }), 'rejected'],
  ['an unknown payment', answers(404, { tppMessages: [{ code: 'RESOURCE_UNKNOWN' }] }), 'not-found'],
  // Safe to repeat, so no doubt is left behind.
  ['a reset', { wire: ({ socket }) => socket.resetAndDestroy() }, 'unavailable'],
  ['503', { status: 503, text: '' }, 'unavailable'],
  ['a page', { status: 202, text: '<html></html>' }, 'malformed'],
])('that is too late, or lost, says so: %s', async (_, reply, kind) => {
  xs2a.bank.on(`DELETE ${path}/pmt-9`, reply);
  await expect(cancel()).rejects.toMatchObject({ kind });
});

it('cannot be asked for before the bank named the payment', async () => {
  payment = heldPayment();
  await expect(cancel()).rejects.toMatchObject({ kind: 'not-found' });
});
