import { addEvent } from '@tributary/banking';
import {
  AccountEntity,
  AuthorisationEntity,
  BankAccountEntity,
  BankAuthorisationEntity,
  BankPaymentEntity,
  BankTokenEntity,
  BasketMemberEntity,
  ConnectionEntity,
  ConsentAccountEntity,
  ConsentEntity,
  createDataSource,
  type Payment,
  PaymentEntity,
  PaymentObservationEntity,
  SigningBasketEntity,
  TransactionEntity,
  WebhookEndpointEntity,
} from '@tributary/persistence';
import { newId, Vault } from '@tributary/platform';
import type { DataSource, DeepPartial, EntitySchema } from 'typeorm';
import type { KnownIds } from './openapi.js';
import { at, type RunningApi, send, textAt, tokenFor } from './process.js';

/** A bank that nobody reaches, and the connection to it: made over the API, so that it is whole. */
export interface Reach {
  readonly institutionId: string;
  readonly connectionId: string;
}

/** One of everything that an app can own, written straight into the tables. */
export async function ownRows(api: RunningApi, appId: string, reach: Reach): Promise<KnownIds> {
  const source = createDataSource({ url: api.databaseUrl, poolSize: 2, applicationName: 'test', acts: 'everyTenant' });
  await source.initialize();
  try {
    return await write(source, Vault.open({ key: api.vaultKey }), appId, reach);
  } finally {
    await source.destroy();
  }
}

async function write(
  source: DataSource,
  vault: Vault,
  appId: string,
  { institutionId, connectionId }: Reach,
): Promise<KnownIds> {
  const now = new Date();
  const { provider } = await source.getRepository(ConnectionEntity).findOneByOrFail({ id: connectionId });
  const ids = {
    con: newId('con'),
    aut: newId('aut'),
    acc: newId('acc'),
    txn: newId('txn'),
    pay: newId('pay'),
    blk: newId('blk'),
    bsk: newId('bsk'),
    bau: newId('bau'),
    bpy: newId('bpy'),
    btk: newId('btk'),
  };
  const place = { appId, institutionId, connectionId, provider };
  const life = { version: 1, createdAt: now, updatedAt: now };
  const psu = { psuId: 'psu-1', psuCorporateId: null };
  const way = { redirectUri: 'https://app.example.com/callback', appState: null, scaPreference: null };
  await put(source, ConsentEntity, {
    ...place,
    ...psu,
    ...way,
    ...life,
    id: ids.con,
    status: 'authorised',
    upstreamStatus: 'valid',
    access: ['accounts', 'balances', 'transactions'],
    askedAccess: ['accounts', 'balances', 'transactions'],
    accounts: null,
    recurring: true,
    validUntil: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
    expiryAnnouncedFor: null,
    frequencyPerDay: 4,
    combinedService: false,
    signInBasket: false,
    disclosure: null,
    reference: 'upstream-consent-1',
    continuationEnvelope: null,
    authorisationId: ids.aut,
  });
  await put(source, AuthorisationEntity, {
    ...life,
    id: ids.aut,
    appId,
    connectionId,
    subjectType: 'consent',
    subjectId: ids.con,
    psuId: null,
    psuCorporateId: null,
    disclosure: null,
    approach: 'redirect',
    scaStatus: 'finalised',
    upstreamStatus: 'finalised',
    nextStepEnvelope: null,
    open: false,
    reference: 'upstream-authorisation-1',
    continuationEnvelope: null,
    nextPollAt: null,
    polls: 0,
    answeringUntil: null,
    expiresAt: new Date(Date.now() + 86_400_000),
  });
  await put(source, AccountEntity, {
    ...place,
    id: ids.acc,
    psuId: psu.psuId,
    identity: 'iban:DE02120300000000202051:EUR',
    identifiers: [{ scheme: 'iban', value: 'DE02120300000000202051' }],
    currency: 'EUR',
    name: 'Main',
    product: null,
    type: null,
    usage: null,
    ownerName: null,
    bic: null,
    status: 'enabled',
    events: 0,
    createdAt: now,
    updatedAt: now,
  });
  const link = { consentId: ids.con, accountId: ids.acc, appId, reference: 'upstream-account-1' };
  await put(source, ConsentAccountEntity, { ...link, continuationEnvelope: null, access: null });
  await source.query(
    `INSERT INTO data_reads (subject_id, kind, app_id, as_of)
     SELECT id, kind, $3, now() FROM unnest($1::text[]) AS id, unnest($2::text[]) AS kind`,
    [[ids.con, ids.acc], ['accounts', 'balances', 'transactions'], appId],
  );
  await put(source, TransactionEntity, {
    id: ids.txn,
    accountId: ids.acc,
    appId,
    identity: 'reference:1',
    reference: '1',
    status: 'booked',
    bookedOn: '2026-01-15',
    valueOn: null,
    occurredAt: null,
    day: '2026-01-15',
    amountMinor: 1_234n,
    currency: 'EUR',
    direction: 'debit',
    details: {},
    supersedes: null,
    rawEnvelope: vault.sealJson(
      { transactionId: '1' },
      { appId, table: 'transactions', row: ids.txn, column: 'raw_envelope' },
    ),
    contentHash: 'none',
    addedNumber: 1,
    changeNumber: 1,
    createdAt: now,
    updatedAt: now,
  });
  const account = { scheme: 'iban', value: 'DE02120300000000202051' } as const;
  const creditor = { name: 'Creditor', account };
  const payment: Omit<Payment, 'id' | 'kind' | 'operation' | 'order' | 'items' | 'reference'> = {
    ...place,
    ...psu,
    ...way,
    ...life,
    idempotencyKey: 'key-of-the-test',
    requestHash: 'none',
    answerEnvelope: null,
    staleStage: 0,
    consentId: null,
    signInBasket: false,
    itemStatuses: null,
    disclosure: null,
    cancellationAuthorisationId: null,
    amountMinor: 1_234n,
    currency: 'EUR',
    sendState: 'sent',
    sendAttempts: 1,
    sendLeaseUntil: null,
    sentAt: now,
    isoStatus: 'ACSC',
    isoReason: null,
    upstreamStatus: 'ACSC',
    stepOpen: false,
    state: 'settled',
    final: true,
    authorisationId: null,
    continuationEnvelope: null,
    nextPollAt: null,
    polls: 0,
  };
  await put(source, PaymentEntity, {
    ...payment,
    id: ids.pay,
    reference: `upstream-${ids.pay}`,
    kind: 'single',
    operation: 'payments',
    order: { creditor, scheme: 'SEPA_CREDIT_TRANSFER', endToEndId: 'E2E' },
    items: null,
  });
  await put(source, PaymentEntity, {
    ...payment,
    id: ids.blk,
    reference: `upstream-${ids.blk}`,
    kind: 'bulk',
    operation: 'bulk-payments',
    order: { debtor: { account }, itemCount: 1 },
    items: [{ creditor, endToEndId: 'E2E-1', amountMinor: '1234' }],
  });
  await put(source, SigningBasketEntity, {
    ...place,
    ...psu,
    ...way,
    ...life,
    id: ids.bsk,
    status: 'authorised',
    upstreamStatus: 'ACTC',
    reference: 'upstream-basket-1',
    continuationEnvelope: null,
    disclosure: null,
    authorisationId: null,
  });
  await writeDesk(source, vault, { appId, connectionId, provider }, ids);
  await put(source, BasketMemberEntity, { basketId: ids.bsk, memberId: ids.pay, appId });
  await put(source, PaymentObservationEntity, {
    paymentId: ids.pay,
    appId,
    at: now,
    source: 'poll',
    upstreamStatus: 'ACSC',
    isoStatus: 'ACSC',
    applied: true,
    why: 'later',
    latencyMs: null,
    rawEnvelope: null,
  });
  const endpoint = {
    id: newId('whk'),
    appId,
    url: 'https://app.example.com/events',
    description: null,
    types: null,
    enabled: false,
    disabledBecause: null,
    failuresInRow: 0,
    resumeAt: null,
    createdAt: now,
    updatedAt: now,
  };
  await put(source, WebhookEndpointEntity, { ...endpoint, secretsEnvelope: secretsOf(vault, endpoint) });
  const evt = await addEvent(source.manager, {
    appId,
    type: 'payment.statusChanged',
    subjectId: ids.pay,
    sequence: 1,
    data: { status: 'settled' },
  });
  return {
    ...Object.fromEntries(Object.entries({ ...ids, evt, whk: endpoint.id }).map(([prefix, id]) => [prefix, [id]])),
    ins: [institutionId],
  };
}

function secretsOf(vault: Vault, { id, appId }: { id: string; appId: string }): string {
  const place = { appId, table: 'webhook_endpoints', row: id, column: 'secrets_envelope' };
  return vault.sealJson({ current: 'whsec_c2VjcmV0IG9mIGFuIGVuZHBvaW50IQ==' }, place);
}

/** What the app holds as a bank, and what TPPs asked for. */
async function writeDesk(
  source: DataSource,
  vault: Vault,
  place: { readonly appId: string; readonly connectionId: string; readonly provider: string },
  { bau, bpy, btk }: Readonly<Record<'bau' | 'bpy' | 'btk', string>>,
): Promise<void> {
  const { appId } = place;
  const now = new Date();
  const life = { version: 1, createdAt: now, updatedAt: now };
  const later = new Date(Date.now() + 30 * 86_400_000);
  const seal = (text: string, table: string, row: string, column: string) =>
    vault.seal(text, { appId, table, row, column });
  await put(source, BankAccountEntity, {
    appId,
    reference: 'acc-1',
    psuId: 'psu-1',
    identifiers: [{ scheme: 'iban', value: 'DE02120300000000202051' }],
    currency: 'EUR',
    name: 'Main',
    schemes: ['SEPA_CREDIT_TRANSFER'],
    balances: [],
    balancesAt: null,
    createdAt: now,
    updatedAt: now,
  });
  await put(source, BankAuthorisationEntity, {
    ...place,
    ...life,
    id: bau,
    status: 'requested',
    tppName: 'TPP',
    tppRegistration: null,
    scopes: ['accounts'],
    permissions: ['accounts'],
    unknownScopes: [],
    requestUrlEnvelope: seal('https://bank.example', 'bank_authorisations', bau, 'request_url_envelope'),
    cancelUrlEnvelope: seal('https://tpp.example', 'bank_authorisations', bau, 'cancel_url_envelope'),
    callbackUrlEnvelope: null,
    psuId: null,
    accountReferences: null,
    tokenId: null,
    decidedBy: null,
    decidingUntil: null,
    decidedAt: null,
    expiresAt: later,
  });
  await put(source, BankTokenEntity, {
    appId,
    connectionId: place.connectionId,
    id: btk,
    authorisationId: bau,
    tokenHash: btk,
    tokenEnvelope: seal('token', 'bank_tokens', btk, 'token_envelope'),
    permissions: ['accounts'],
    psuId: 'psu-1',
    accountReferences: ['acc-1'],
    tppName: 'TPP',
    oneTime: false,
    validUntil: later,
    spentAt: null,
    revokedAt: null,
    createdAt: now,
  });
  await put(source, BankPaymentEntity, {
    ...place,
    ...life,
    id: bpy,
    kind: 'single',
    reference: bpy,
    tokenId: btk,
    tppName: 'TPP',
    scheme: 'SEPA_CREDIT_TRANSFER',
    debtorIdentifiers: null,
    debtorName: null,
    debtorReference: 'acc-1',
    items: [
      {
        amountMinor: '1234',
        creditor: { name: 'C', account: { scheme: 'iban', value: 'DE02120300000000202051' } },
        creditorIdentifiers: [{ scheme: 'iban', value: 'DE02120300000000202051' }],
      },
    ],
    itemCount: 1,
    amountMinor: 1_234n,
    currency: 'EUR',
    callbackUrl: 'https://hub.example/callback',
    isoStatus: 'RCVD',
    beforePending: null,
    reason: null,
    psuId: 'psu-1',
    confirmedAt: null,
    linkExpiresAt: later,
    final: false,
  });
}

/** Inserts a whole row: a column that is added to the mapping is missed by the compiler here. */
async function put<Row extends object>(source: DataSource, entity: EntitySchema<Row>, row: Omit<Row, 'sequence'>) {
  await source.getRepository(entity).save(row as DeepPartial<Row>);
}

/** A connection to where nobody listens: reaching its bank fails at once, and never leaves this machine. */
export async function makeReach(api: RunningApi): Promise<Reach> {
  const token = await tokenFor(api.url, api.admin);
  const connection = await send(`${api.url}/v1/connections`, {
    method: 'POST',
    token,
    body: {
      provider: 'xs2a',
      name: 'Nobody',
      environment: 'sandbox',
      settings: {
        baseUrl: 'http://127.0.0.1:9/xs2a',
        institution: { name: 'Nobody Bank', bic: 'NOBODEFFXXX', country: 'DE' },
        scaPreference: 'redirect',
        debtorAccountRequired: false,
      },
    },
  });
  if (at(connection.body, 'institutions') !== 1) throw new Error(connection.text);
  const banks = await send(`${api.url}/v1/institutions?query=nobody`, { token });
  return { connectionId: textAt(connection.body, 'id'), institutionId: textAt(banks.body, 'data.0.id') };
}
