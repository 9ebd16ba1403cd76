import { TokenMember, type Json } from '../../../test/token-member.js';

let tpp: TokenMember;
beforeEach(async () => {
  tpp = await TokenMember.start();
});
afterEach(async () => tpp.app.close());

async function ids(path: string): Promise<string[]> {
  return ((await tpp.call('GET', path)).json['banks'] as { id: string }[]).map(({ id }) => id);
}

it('lists banks in both versions with what they can do and what they need', async () => {
  const v1 = (await tpp.call('GET', '/banks?ids=mock-embedded')).json['banks'] as Json[];
  expect(v1).toMatchObject([
    {
      id: 'mock-embedded',
      scaMethods: ['EMBEDDED_MULTI_STEP'],
      requiresOneStepPayment: false,
      credentialFields: { fields: [{ id: 'username' }, { id: 'pin', type: 'PASSWORD' }] },
      mandatoryFields: { transfer: { domestic: { fields: ['transfer_body.instructions.source.account_identifier'] } } },
    },
  ]);
  const v2 = (await tpp.call('GET', '/v2/banks?ids=mock-embedded&ids=ob-modelo')).json['banks'] as Json[];
  expect(v2).toMatchObject([
    { id: 'mock-embedded', mandatoryFields: [{ products: ['SIP'], fieldPaths: ['initiation.debtor'] }] },
    {
      id: 'ob-modelo',
      supportedLocalInstruments: ['FASTER_PAYMENTS', 'SEPA'],
      fieldsFormatInformation: [{ v2Path: 'initiation.remittanceInformationPrimary' }],
    },
  ]);
  expect(new Set((await ids('/banks')).concat(await ids('/v2/banks'))).size).toBe(9);
});

it.each([
  ['/banks?countries=SE&countries=PL', ['mbank', 'mock-nordic']],
  ['/banks?search=MODELO', ['ob-modelo']],
  ['/banks?bank_features.supports_variable_recurring_payment.value=true', ['ob-modelo']],
  ['/banks?bank_features.requires_one_step_payment.value=true&sort=country', ['mock-one-step', 'ob-modelo']],
  ['/v2/banks?supportedLocalInstruments=PLUSGIRO&supportedLocalInstruments=ELIXIR', ['mbank', 'mock-nordic']],
  ['/v2/banks?supportsSinglePayment=false', ['mock-poor']],
  ['/v2/banks?openBankingStandards=PolishAPI', ['mbank']],
  ['/v2/banks?sort=RANK&perPage=2', ['mock-redirect', 'mock-one-step']],
])('%s', async (path, expected) => {
  expect(await ids(path)).toEqual(expected);
});

it('counts pages', async () => {
  const all: string[] = [];
  for (let page = 1; page <= 3; page++) {
    // oxlint-disable-next-line no-await-in-loop -- page after page
    all.push(...(await ids(`/v2/banks?page=${page}&perPage=4`)));
  }
  expect(new Set(all).size).toBe(9);
  expect((await tpp.call('GET', '/v2/banks?perPage=4')).json['paging']).toEqual({
    page: 1,
    perPage: 4,
    pageCount: 3,
    totalCount: 9,
  });
  expect((await tpp.call('GET', '/v2/banks?sort=SIZE')).json['error']).toMatchObject({ paths: ['sort'] });
});

it('knows countries, maintenance windows and the health of banks', async () => {
  expect((await tpp.call('GET', '/bank/countries')).json['countries']).toEqual(['DE', 'FR', 'GB', 'IT', 'PL', 'SE']);
  const maintenance = [
    { startTime: '2030-05-03T12:00:00.000Z', endTime: '2030-05-03T14:00:00.000Z', type: 'OUTAGE', productType: 'SIP' },
  ];
  await tpp.control('PUT', '/banks/mbank', { maintenance, pis: 'DOWN' });
  const [bank] = (await tpp.call('GET', '/v2/banks?ids=mbank')).json['banks'] as Json[];
  expect(bank?.['maintenanceWindow']).toEqual(maintenance);
  const { banksStatus } = (await tpp.call('GET', '/reports/banks/status')).json;
  expect(banksStatus).toContainEqual({
    bankId: 'mbank',
    aisStatus: 'LIVE',
    pisStatus: 'DOWN',
    lastUpdatedAt: expect.any(String),
  });
  expect((await tpp.call('GET', '/reports/banks/nowhere/status')).status).toBe(404);
});
