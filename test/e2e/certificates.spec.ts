import { randomUUID } from 'node:crypto';
import { pem } from '../certificates.js';
import type { Account, Consent, Page, Payment, Problem } from './answers.js';
import { attended, expectStatus } from './api.js';
import { untilFinal, untilStatus } from './follow.js';
import { askConsent, consentRequest, dayFromNow, paymentOrder, postPayment } from './orders.js';
import { authorise, mockBankPsu, type Psu } from './psu.js';
import { type Alteration, openIntermediary, SignedBank } from './signed-bank.js';
import { type Connection, startWorld, type World } from './world.js';

/*
 * Negative controls, each carried out once against a changed build:
 * - a signer that leaves psu-id out of what it signs: the first story ends at the consent, with 502;
 * - a sandbox that does not compare the signature: the altered payment is taken (201), and so is the altered consent;
 * - a signer without SHA-512 (algorithm and digest of SHA-256 whatever the settings say): both SHA-512 stories are red;
 * - CERTIFICATE_EXPIRED and SIGNATURE_INVALID as `rejected` in the adapter's table: 422 in the name of the institution.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

type Bulk = Payment & { readonly cancellationAuthorisationId: string | null };

function bulkOrder({ institutionId }: Connection, psu: Psu): object {
  const creditor = { name: 'Nordwind Books', account: { iban: 'DE89370400440532013000' } };
  return {
    institutionId,
    psu: { id: psu.id },
    debtor: { account: { iban: psu.iban } },
    items: ['1.10', '2.20'].map((amount) => ({ amount: { amount, currency: 'EUR' }, creditor })),
    controlSum: { amount: '3.30', currency: 'EUR' },
    executionDate: dayFromNow(7),
    redirectUri: world.redirectUri,
  };
}

async function signedBank(name: string) {
  const bank = await SignedBank.open(world, name);
  const [qwac, qseal] = [await bank.issue('qwac'), await bank.issue('qseal')];
  return { bank, qwac, qseal, psu: await mockBankPsu(bank, 'anna.embedded') };
}

const ourFault = { status: 502, code: 'provider_refused_us', source: 'platform' };

describe('a bank that wants signed requests over TLS with our certificate', () => {
  it('gives a consent, takes a bulk payment and cancels it', async () => {
    const { app, admin } = world;
    const { bank, qwac, qseal, psu } = await signedBank('signed');
    const connection = await world.connect('xs2a', bank.secured(qwac, qseal, { scaPreference: 'embedded' }));

    const consent = await askConsent(app, consentRequest(world, connection, psu));
    await authorise(app, psu, consent.authorisationId);
    expect(await app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'authorised' });
    const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${consent.id}`, attended);
    expect(data.length).toBeGreaterThan(0);

    const key = { 'Idempotency-Key': randomUUID() };
    const made = await app.post<Bulk>('/v1/bulk-payments', bulkOrder(connection, psu), key);
    const bulk = expectStatus(made, 201, 'POST /v1/bulk-payments');
    await authorise(app, psu, bulk.authorisationId ?? '');
    const path = `/v1/bulk-payments/${bulk.id}`;
    expect(await app.read<Bulk>(path, attended)).toMatchObject({ status: 'processing', isoStatus: 'ACTC' });

    const { body: cancelling } = await app.post<Bulk>(`${path}/cancel`, {});
    await authorise(app, psu, cancelling.cancellationAuthorisationId ?? '');
    expect(await app.read<Bulk>(path, attended)).toMatchObject({ status: 'cancelled', isoStatus: 'CANC' });
    expect((await bank.ledger()).counts).toMatchObject({ initiations: 1, accepted: 1, executed: 0 });

    const { certificates } = await admin.read<{ certificates: readonly { purpose: string; notAfter: string }[] }>(
      `/v1/connections/${connection.id}/health`,
    );
    expect(certificates.map(({ purpose }) => purpose)).toEqual(['mutual TLS', 'request signing']);
    for (const { notAfter } of certificates)
      expect(Date.parse(notAfter)).toBeGreaterThan(Date.now() + 300 * 86_400_000);
  });

  const withDate = ['date', 'digest', 'psu-corporate-id', 'psu-id', 'tpp-redirect-uri', 'x-request-id'];
  it.each([
    ['rsa-sha256', 'SHA-256', {}, {}],
    ['rsa-sha512', 'SHA-512', {}, {}],
    ['rsa-sha512 over the date too', 'SHA-512', { signatureHeaders: 'withDate' }, { signedHeaders: withDate }],
  ] as const)(
    'refuses a payment that was altered on its way: our fault, each sent once (%s)',
    async (name, digest, bankProfile, profile) => {
      const { app } = world;
      const { bank, qwac, qseal, psu } = await signedBank(`altered-${name.replaceAll(' ', '-').slice(0, 15)}`);
      await bank.profile(bankProfile);
      const between = await openIntermediary(bank, qwac);
      const { qseal: seal, ...settings } = bank.secured(qwac, qseal, {
        baseUrl: between.url,
        scaPreference: 'embedded',
      });
      const [algorithm] = name.split(' ');
      const tls = { certificatePem: qwac.certificate, privateKeyPem: qwac.privateKey, caPem: pem('ca') };
      const connection = await world.connect('xs2a', {
        ...settings,
        tls,
        profile,
        qseal: { ...(seal as object), algorithm },
      });
      const order = paymentOrder(world, connection, psu, '41.00');
      const key = randomUUID();
      const alterations: readonly Alteration[] = [
        { name: 'psu-id', value: 'bruno.redirect' },
        { name: 'x-request-id', value: randomUUID() },
        { name: 'tpp-redirect-uri', value: 'https://elsewhere.example/back' },
        { name: 'digest', value: `${digest}=${Buffer.alloc(digest === 'SHA-512' ? 64 : 32).toString('base64')}` },
        { body: (text) => text.replace('41.00', '91.00') },
        ...('signedHeaders' in profile ? [{ name: 'date', value: new Date(0).toUTCString() }] : []),
      ];
      try {
        for (const alteration of alterations) {
          between.alter(alteration);
          const refused = await app.post<Problem>('/v1/payments', order, { 'Idempotency-Key': key });
          expect([alteration, refused.body]).toMatchObject([
            alteration,
            { ...ourFault, upstream: { httpStatus: 401, code: 'SIGNATURE_INVALID' } },
          ]);
        }
        const initiations = alterations.length;
        expect((await bank.ledger()).counts).toMatchObject({ initiations, accepted: 0, payments: 0 });
        // Unaltered, the same order under the same key goes through the same intermediary: nothing else was wrong with it.
        between.alter(undefined);
        const taken = expectStatus(await postPayment(app, order, key), 201, 'POST /v1/payments');
        await authorise(app, psu, taken.authorisationId ?? '');
        expect(await untilFinal(app, taken.id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
        expect((await bank.ledger()).counts).toMatchObject({ initiations: initiations + 1, accepted: 1, executed: 1 });
      } finally {
        between.close();
      }
      for (const headers of between.seen) {
        expect(headers['digest']).toMatch(new RegExp(`^${digest}=`));
        expect(headers['signature']).toContain(`algorithm="${algorithm}"`);
      }
    },
  );

  it.each(['qwac', 'qseal'] as const)(
    'refuses an expired %s: our fault, shown in the health, sent once',
    async (which) => {
      const { app, admin } = world;
      const { bank, qwac, qseal, psu } = await signedBank(`expired-${which}`);
      const old = await bank.issueExpired(which);
      const given = which === 'qwac' ? bank.secured(old, qseal) : bank.secured(qwac, old);
      const connection = await world.connect('xs2a', given);

      const asked = await app.post<Problem>('/v1/consents', consentRequest(world, connection, psu));
      expect(asked.body).toMatchObject({ ...ourFault, upstream: { code: 'CERTIFICATE_EXPIRED' } });
      const order = paymentOrder(world, connection, psu, '42.00');
      const key = randomUUID();
      const refused = await app.post<Problem>('/v1/payments', order, { 'Idempotency-Key': key });
      expect(refused.body).toMatchObject({ ...ourFault, upstream: { code: 'CERTIFICATE_EXPIRED' } });
      expect((await bank.ledger()).counts).toMatchObject({ initiations: 1, accepted: 0, payments: 0, consents: 0 });

      const health = await admin.read<{ certificates: readonly { notAfter: string }[] }>(
        `/v1/connections/${connection.id}/health`,
      );
      const ended = health.certificates.filter(({ notAfter }) => Date.parse(notAfter) < Date.now());
      expect(ended.length).toBe(1);

      // With the renewed certificate the same key pays.
      const { tls, qseal: seal } = bank.secured(qwac, qseal);
      const patched = await admin.patch(`/v1/connections/${connection.id}`, { settings: { tls, qseal: seal } });
      expect(patched.status).toBe(200);
      const taken = expectStatus(await postPayment(app, order, key), 201, 'POST /v1/payments');
      const waiting = await untilStatus(app, taken.id, 'awaitingAuthorisation');
      await authorise(app, psu, waiting.authorisationId ?? '');
      expect(await untilFinal(app, taken.id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
      expect((await bank.ledger()).counts).toMatchObject({ initiations: 2, accepted: 1, executed: 1 });
    },
  );

  /** A connection that the bank refuses while it is spoilt, and what the bank says then. */
  async function spoilable(how: 'altered' | 'qwac' | 'qseal') {
    const { bank, qwac, qseal, psu } = await signedBank(`spoilt-${how}`);
    const wish = { scaPreference: 'embedded' };
    if (how === 'altered') {
      const between = await openIntermediary(bank, qwac);
      const tls = { certificatePem: qwac.certificate, privateKeyPem: qwac.privateKey, caPem: pem('ca') };
      const settings = bank.secured(qwac, qseal, { baseUrl: between.url, tls, ...wish });
      const connection = await world.connect('xs2a', settings);
      const spoil = async (spoilt: boolean) =>
        between.alter(spoilt ? { name: 'x-request-id', value: randomUUID() } : undefined);
      return { bank, psu, connection, spoil, code: 'SIGNATURE_INVALID', close: () => between.close() };
    }
    const old = await bank.issueExpired(how);
    const good = bank.secured(qwac, qseal, wish);
    const bad = how === 'qwac' ? bank.secured(old, qseal) : bank.secured(qwac, old);
    const connection = await world.connect('xs2a', good);
    const spoil = async (spoilt: boolean) => {
      const { tls, qseal: seal } = spoilt ? bad : good;
      const patched = await world.admin.patch(`/v1/connections/${connection.id}`, { settings: { tls, qseal: seal } });
      expect(patched.status).toBe(200);
    };
    return { bank, psu, connection, spoil, code: 'CERTIFICATE_EXPIRED', close: () => undefined };
  }

  it.each([
    ['one altered header', 'altered'],
    ['an expired client certificate', 'qwac'],
    ['an expired seal', 'qseal'],
  ] as const)(
    'refuses a consent, a bulk payment and a cancellation for %s: our fault, nothing happens, and right they go through',
    async (_, how) => {
      const { app } = world;
      const { bank, psu, connection, spoil, code, close } = await spoilable(how);
      const refused = { ...ourFault, upstream: { httpStatus: 401, code } };
      const order = bulkOrder(connection, psu);
      const key = { 'Idempotency-Key': randomUUID() };
      try {
        await spoil(true);
        const asked = await app.post<Problem>('/v1/consents', consentRequest(world, connection, psu));
        expect(['consent', asked.body]).toMatchObject(['consent', refused]);
        const sent = await app.post<Problem>('/v1/bulk-payments', order, key);
        expect(['bulk', sent.body]).toMatchObject(['bulk', refused]);
        expect((await bank.ledger()).counts).toMatchObject({ initiations: 1, accepted: 0, payments: 0, consents: 0 });

        await spoil(false);
        const consent = await askConsent(app, consentRequest(world, connection, psu));
        await authorise(app, psu, consent.authorisationId);
        expect(await app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'authorised' });
        const { id } = expectStatus(
          await app.post<Bulk>('/v1/bulk-payments', order, key),
          201,
          'POST /v1/bulk-payments',
        );
        const path = `/v1/bulk-payments/${id}`;
        const waiting = await app.read<Bulk>(path);
        await authorise(app, psu, waiting.authorisationId ?? '');

        await spoil(true);
        const cancelling = await app.post<Problem>(`${path}/cancel`, {}, attended);
        expect(['cancellation', cancelling.body]).toMatchObject(['cancellation', refused]);

        await spoil(false);
        expect(await app.read<Bulk>(path, attended)).toMatchObject({ status: 'processing', isoStatus: 'ACTC' });
        const { body } = await app.post<Bulk>(`${path}/cancel`, {});
        await authorise(app, psu, body.cancellationAuthorisationId ?? '');
        expect(await app.read<Bulk>(path, attended)).toMatchObject({ status: 'cancelled', isoStatus: 'CANC' });
        expect((await bank.ledger()).counts).toMatchObject({ initiations: 2, accepted: 1, executed: 0 });
      } finally {
        close();
      }
    },
  );
});
