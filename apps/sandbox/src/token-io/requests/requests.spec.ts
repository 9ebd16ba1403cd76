import { TokenMember, type Json } from '../../../test/token-member.js';

let tpp: TokenMember;
beforeEach(async () => {
  tpp = await TokenMember.start();
});
afterEach(async () => tpp.app.close());

function request(body: Json, bankId = 'mock-redirect', payload: Json = {}): Json {
  return {
    requestPayload: {
      to: { id: tpp.memberId },
      refId: 'order-1',
      redirectUrl: 'https://tpp.example/callback',
      callbackState: 'state-1',
      ...body,
      ...payload,
    },
    requestOptions: { bankId },
  };
}

function transfer(lifetimeAmount = '12.34', more: Json = {}): Json {
  const destination = { sepa: { iban: 'GB29NWBK60161331926819' }, customerData: { legalNames: ['Customer Inc.'] } };
  return {
    transferBody: { currency: 'EUR', lifetimeAmount, instructions: { transferDestinations: [destination] }, ...more },
  };
}

async function create(body: Json, member = tpp): Promise<string> {
  const answer = await member.call('POST', '/token-requests', body);
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('rq:')]);
  return (answer.json['tokenRequest'] as { id: string }).id;
}

async function authorise(id: string, member = tpp, decision: 'confirm' | 'refuse' = 'confirm'): Promise<URL> {
  const answer = await member.call('POST', `/token-requests/${id}/authorization`, { consentAccepted: true });
  const back = new URL(await member.authorise(String(answer.json['redirectUrl']), 'anna.payer', decision));
  await member.advance(1);
  return back;
}

async function result(id: string, member = tpp): Promise<Json> {
  return (await member.call('GET', `/token-requests/${id}/result`)).json;
}

async function executed(): Promise<number> {
  return ((await tpp.control('GET', '/ledger'))['counts'] as { executed: number }).executed;
}

describe('a v1 payment', () => {
  it('makes a token and a transfer, and moves the money once', async () => {
    const id = await create(request(transfer()));
    expect(await result(id)).toEqual({ status: 'PENDING', bankId: 'mock-redirect' });
    const back = await authorise(id);
    expect(back.searchParams.get('request-id')).toBe(id);
    expect(back.searchParams.get('request_id')).toBe(id);
    await tpp.advance(60);
    const { status, tokenId, transferId, signature } = await result(id);
    expect([status, tokenId, signature]).toEqual(['PROCESSED', expect.stringMatching(/^tt:/), expect.any(Object)]);
    const shown = await tpp.call('GET', `/transfers/${String(transferId)}`);
    expect(shown.json['transfer']).toMatchObject({ status: 'SUCCESS', providerDetails: { status: 'ACSC' } });
    expect(await executed()).toBe(1);
    const listed = await tpp.call('GET', `/transfers?page.limit=5&filter.tokenId=${String(tokenId)}`);
    expect(listed.json['transfers']).toHaveLength(1);
  });

  it('is redeemed by the member where it does that itself: once, and not for more', async () => {
    const own = await tpp.another({ autoRedeem: false });
    const id = await create(request(transfer(), 'mock-redirect', { description: 'Order' }), own);
    await authorise(id, own);
    const { tokenId, transferId } = await result(id, own);
    expect(transferId).toBeUndefined();
    const pay = async (more: Json) =>
      own.call('POST', '/transfers', { payload: { tokenId, refId: 'order-1', ...more } });
    expect((await pay({ amount: { value: '12.35', currency: 'EUR' } })).status).toBe(400);
    expect((await pay({ amount: { value: '12.34', currency: 'GBP' } })).status).toBe(400);
    expect((await pay({ description: 'Other' })).status).toBe(400);
    expect((await tpp.call('POST', '/transfers', { payload: { tokenId } })).status).toBe(404);
    expect((await pay({ amount: { value: '12.34', currency: 'EUR' } })).json['transfer']).toMatchObject({
      status: 'PROCESSING',
    });
    expect((await pay({})).status).toBe(400);
    await own.advance(60);
    expect(await executed()).toBe(1);
  });

  it('pays again where the member is set so', async () => {
    const own = await tpp.another({ autoRedeem: false, tokensPayAgain: true });
    const id = await create(request(transfer(), 'mock-redirect'), own);
    await authorise(id, own);
    const { tokenId } = await result(id, own);
    const pay = () => own.call('POST', '/transfers', { payload: { tokenId } });
    expect([(await pay()).status, (await pay()).status]).toEqual([200, 200]);
    await own.advance(60);
    expect(await executed()).toBe(2);
  });

  it('expires at a one-step bank after 15 minutes', async () => {
    const id = await create(request(transfer(), 'mock-one-step'));
    await tpp.call('POST', `/token-requests/${id}/authorization`, {});
    const transferId = String((await result(id))['transferId']);
    const read = async () => (await tpp.call('GET', `/transfers/${transferId}`)).json['transfer'];
    expect(await read()).toMatchObject({ status: 'PENDING_EXTERNAL_AUTHORIZATION' });
    await tpp.advance(15 * 60 + 1);
    expect(await read()).toMatchObject({ status: 'FAILURE_EXPIRED' });
    expect(await executed()).toBe(0);
  });

  it('is rejected by a refusal', async () => {
    const id = await create(request(transfer()));
    const back = await authorise(id, tpp, 'refuse');
    expect(back.searchParams.get('error')).toBe('2');
    expect((await result(id))['status']).toBe('REJECTED');
  });

  it.each([
    ['103', 'FAILURE_GENERIC'],
    ['104', 'FAILURE_PERMISSION_DENIED'],
    ['105', 'PROCESSING'],
    ['106', 'FAILURE_CANCELED'],
    ['108', 'FAILURE_INSUFFICIENT_FUNDS'],
    ['110', 'INITIATED'],
    ['112', 'FAILURE_DECLINED'],
  ])('of %s ends as %s', async (amount, status) => {
    const id = await create(request(transfer(amount)));
    await authorise(id);
    await tpp.advance(60);
    const { transferId } = await result(id);
    expect((await tpp.call('GET', `/transfers/${String(transferId)}`)).json['transfer']).toMatchObject({ status });
  });

  it('ends as a tester arranges it', async () => {
    await tpp.control('POST', '/faults', {
      kind: 'outcome',
      status: 'declined',
      match: { operation: 'requests.create' },
    });
    const id = await create(request(transfer()));
    await authorise(id);
    await tpp.advance(60);
    const { transferId } = await result(id);
    const shown = await tpp.call('GET', `/transfers/${String(transferId)}`);
    expect(shown.json['transfer']).toMatchObject({ status: 'FAILURE_DECLINED' });
    expect(await executed()).toBe(0);
  });

  it('with credentials at an embedded bank', async () => {
    const { password, code } = await tpp.customer('anna.payer');
    const id = await create(request(transfer(), 'mock-embedded'));
    const give = async (credentials: Json) =>
      (await tpp.call('POST', `/token-requests/${id}/authorization`, { useCredentialFlow: true, credentials })).json;
    expect((await tpp.call('POST', `/token-requests/${id}/authorization`, {})).status).toBe(400);
    expect(await give({})).toMatchObject({ fields: { fields: [{ id: 'username' }, { id: 'pin', type: 'PASSWORD' }] } });
    expect(await give({ username: 'anna.payer', pin: 'x' })).toMatchObject({
      fields: { fields: [{ type: 'PSU_MESSAGE' }, {}, {}] },
    });
    await give({ username: 'anna.payer', pin: password });
    await give({ scaMethod: 'SMS' });
    expect(await give({ otp: code })).toEqual({ status: 'AUTHENTICATED' });
    await tpp.advance(60);
    expect(await executed()).toBe(1);
  });

  it('keeps an expired request apart from a consent that is given later', async () => {
    const id = await create(request(transfer()));
    const answer = await tpp.call('POST', `/token-requests/${id}/authorization`, {});
    await tpp.advance(20 * 60 + 1);
    expect((await result(id))['status']).toBe('EXPIRED');
    await tpp.authorise(String(answer.json['redirectUrl']));
    await tpp.advance(60);
    expect(await result(id)).toMatchObject({ status: 'EXPIRED', tokenId: expect.any(String) });
    expect(await executed()).toBe(1);
  });
});

describe('the example of the documentation', () => {
  it('is accepted, and comes back as it was sent', async () => {
    const sample = documentedExample();
    const answer = await tpp.call('POST', '/token-requests', sample);
    expect([answer.status, answer.json['tokenRequest']]).toEqual([
      200,
      {
        id: expect.stringMatching(/^rq:/),
        requestOptions: sample['requestOptions'],
        requestPayload: sample['requestPayload'],
      },
    ]);
    const { id } = answer.json['tokenRequest'] as { id: string };
    expect((await tpp.call('GET', `/token-requests/${id}`)).json).toEqual(answer.json);
    const authorization = await tpp.call('POST', `/token-requests/${id}/authorization`, {
      consentAccepted: false,
      credentials: { property1: 'string', property2: 'string' },
      useCredentialFlow: false,
      useWebappCredentialsFlow: false,
    });
    expect(authorization.json).toEqual({ redirectUrl: expect.any(String), oauthState: expect.any(String) });
  });
});

describe('ways to the bank', () => {
  it('by the hosted page, where the PSU chooses among the banks of the countries', async () => {
    const id = await create({ ...request(transfer(), 'x', { countries: ['DE'] }), requestOptions: {} });
    const page = `/token-io/ui/app/request-token/${id}`;
    expect((await tpp.browse(page)).text).toContain('mock-redirect');
    expect((await tpp.browse(page)).text).not.toContain('ob-modelo');
    await tpp.browse(page, { decision: 'continue', bankId: 'mock-redirect' });
    const back = new URL(await tpp.authorise((await tpp.browse(page)).location));
    expect(back.searchParams.get('request-id')).toBe(id);
    await tpp.advance(60);
    expect(await result(id)).toMatchObject({ status: 'PROCESSED', bankId: 'mock-redirect' });
  });

  it('with the callback at the TPP: the hub learns of it when the query is handed on', async () => {
    const own = await tpp.another({ callbackOwner: 'tpp' });
    const id = await create(request(transfer()), own);
    const started = await own.call('POST', `/token-requests/${id}/authorization`, {});
    const back = new URL(await own.authorise(String(started.json['redirectUrl'])));
    expect(back.searchParams.get('state')).toBe(started.json['oauthState']);
    await own.advance(5);
    expect((await result(id, own))['status']).toBe('PENDING');
    const handed = await own.call('POST', '/callback/initiation', { query: back.search.slice(1) });
    expect(handed.json).toEqual({ tokenRequestId: id });
    await own.advance(60);
    expect((await result(id, own))['status']).toBe('PROCESSED');
    expect(await executed()).toBe(1);
  });

  it('in the app of a decoupled bank', async () => {
    const id = await create(request(transfer(), 'mock-decoupled'));
    const give = async (credentials: Json) =>
      (await tpp.call('POST', `/token-requests/${id}/authorization`, { useCredentialFlow: true, credentials })).json;
    expect(await give({ username: 'anna.payer' })).toMatchObject({ fields: { fields: [{ type: 'DECOUPLED' }] } });
    await tpp.control('POST', `/authorisations/${id}`, { decision: 'refuse' });
    expect((await result(id))['status']).toBe('REJECTED');
  });
});

describe('a standing order', () => {
  it('is placed on the account', async () => {
    const destination = { sepa: { iban: 'GB29NWBK60161331926819' }, customerData: { legalNames: ['Landlord'] } };
    const standingOrderBody = {
      amount: '500.00',
      currency: 'EUR',
      frequency: 'MNTH',
      startDate: '20301001',
      instructions: { transferDestinations: [destination] },
    };
    const id = await create(request({ standingOrderBody }));
    await authorise(id);
    await tpp.advance(60);
    const { standingOrderSubmissionId, tokenId } = await result(id);
    expect([standingOrderSubmissionId, tokenId]).toEqual([
      expect.stringMatching(/^so:/),
      expect.stringMatching(/^tt:/),
    ]);
    const access = await create(
      request({ accessBody: { resourceTypeList: { resources: ['ACCOUNTS', 'STANDING_ORDERS'] } } }),
    );
    await authorise(access);
    const headers = { 'on-behalf-of': String((await result(access))['tokenId']) };
    const { accounts } = (await tpp.call('GET', '/accounts', undefined, headers)).json as {
      accounts: { id: string }[];
    };
    const listed = await tpp.call(
      'GET',
      `/accounts/${accounts[0]?.id}/standing-orders?page.limit=10`,
      undefined,
      headers,
    );
    expect(listed.json['standingOrders']).toMatchObject([
      { status: 'ACTIVE', frequency: 'MNTH', tokenSubmissionId: standingOrderSubmissionId },
      { status: 'ACTIVE' },
    ]);
  });
});

describe('refusals', () => {
  it.each([
    ['no body', {}],
    ['two bodies', { ...transfer(), accessBody: { resourceTypeList: { resources: ['ACCOUNTS'] } } }],
    [
      'no destination',
      { transferBody: { currency: 'EUR', lifetimeAmount: '1', instructions: { transferDestinations: [] } } },
    ],
    ['an unknown resource', { accessBody: { resourceTypeList: { resources: ['CARDS'] } } }],
    ['a negative amount', transfer('-1')],
    ['acting as nobody', { ...transfer(), actingAs: {} }],
  ])('%s', async (_name, body) => {
    const answer = await tpp.call('POST', '/token-requests', request(body));
    expect([answer.status, answer.json]).toEqual([
      400,
      { error: { message: expect.any(String), tokenTraceId: expect.any(String) } },
    ]);
  });
});

/** The request of the documentation's example, field by field. */
function documentedExample(): Json {
  const member = {
    alias: { realmId: 'm:vHZUAMFt6s64vn6aDyMiwBYbPDN:5zKtXEAq', type: 'EMAIL', value: 'e-sales@token.io' },
    id: 'm:nP4w3u5y8ddrxDJkjimgSX9e4fZ:5zKtXEAq',
  };
  const customerData = {
    address: { city: 'Berlin', country: 'DE', street: 'Hans-Otto-Strasse' },
    legalNames: 'Mr John Arthur Smith',
  };
  const risk = {
    deliveryAddress: { addressLine: ['Flat 2, The Red Lodge, 1 High Street'], addressType: 'BUSINESS', country: 'GB' },
    merchantCustomerIdentification: '0000789123',
    paymentContextCode: 'PISP_PAYEE',
    contractPresentIndicator: 'true',
  };
  return {
    requestOptions: {
      bankId: 'ob-modelo',
      from: member,
      psuId: 'a:TASDo3124fcsmF0vsmdv4mf4mklsdwls3mcixz14fkasdv5',
      receiptRequested: false,
      tokenInternal: { redirectUrl: 'http://psu-redirect.com', usingWebApp: false },
    },
    requestPayload: {
      actingAs: {
        displayName: 'The Great Baking Co.',
        refId: '9htio4a1sp2akdr1aa',
        secondaryName: 'jane.doe@company.com',
      },
      callbackState: '6242e45e-3063-4c42-8376',
      countries: ['DE', 'IT', 'RO'],
      description: 'A regular payment',
      disableFutureDatedPaymentConversion: false,
      redirectUrl: 'http://psu-redirect.com',
      refId: '9htio4a1sp2akdr1aa',
      to: member,
      userRefId: '3jdaWmcewrj3MX0CDS',
      transferBody: {
        confirmFunds: false,
        currency: 'EUR',
        executionDate: '2023-02-28',
        instructions: {
          metadata: {
            chargeBearer: 'CRED',
            providerTransferMetadata: { cma9TransferMetadata: { endToEndIdentification: 'string', risk } },
            purposeCode: 'DVPM',
            ultimateCreditor: 'ACME GmbH',
            ultimateDebtor: 'John Smith',
          },
          source: {
            accountIdentifier: { bankgiro: { bankgiroNumber: '56781234' } },
            bankId: 'ob-modelo',
            bic: 'BOFIIE2D',
            customerData,
          },
          transferDestinations: [
            { customerData, type: 'BUSINESS', sepa: { iban: 'GB29NWBK60161331926819', bic: 'BOFIIE2D' } },
          ],
        },
        lifetimeAmount: '10000.00',
        remittanceReference: 'MFt6s64vn6aDyMiwBA3',
        returnRefundAccount: false,
        setTransferDestinationsUrl: 'string',
      },
    },
  };
}
