import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { HubRequestsService, InboxService } from '@tributary/banking';
import type { InboundRequest, IncomingWebhook, Provider, ProviderDeps } from '@tributary/providers';
import { createBank } from '../../libs/providers/src/tribe/bank/bank.js';
import { createWebhooks } from '../../libs/providers/src/tribe/webhooks.js';
import { exampleSettings } from '../../libs/providers/src/token-io/settings.js';
import { createWebhookReceiver } from '../../libs/providers/src/token-io/webhooks.js';
import { startBanking, type TestBanking } from '../banking.js';
import { wireSample } from '../upstream.js';
import { Dice, report, size } from './proof.js';

/*
 * Forged, altered and replayed calls at each receiver. A message is taken if it is stored (inbox) or answered as the bank
 * that we are; none of these may be, and every genuine one must be.
 */

const attacks = size(10_000, 400);
/** Every so many attacks a genuine message comes, to show that the receiver is awake. */
const genuineEvery = 20;

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ed = generateKeyPairSync('ed25519');
const otherEd = generateKeyPairSync('ed25519').privateKey;
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const deps: ProviderDeps = {
  connectionId: 'cnn_1',
  environment: 'sandbox',
  now: () => new Date(),
  addresses: null,
  report: () => undefined,
  warn: () => undefined,
};

/** A message on its way to one receiver. */
interface Message {
  readonly body: Buffer;
  readonly signature: string | undefined;
}

interface Kind {
  /** How the genuine sender signs, and how somebody else does. */
  readonly signed: (body: Buffer) => string;
  readonly forged: (body: Buffer) => string;
  /** A genuine body, a new one each time. */
  readonly body: (number: number) => Buffer;
}

const tokenIo: Kind = {
  signed: (body) => sign(null, body, ed.privateKey).toString('base64url'),
  forged: (body) => sign(null, body, otherEd).toString('base64url'),
  body: (number) =>
    Buffer.from(
      wireSample('token-io', 'webhook-payment')
        .replace('evt-1', `evt-${number}`)
        .replace('pm2:12345abcd', `pm2:${number}`),
    ),
};
const tribe: Kind = {
  signed: (body) => sign('sha256', body, rsa.privateKey).toString('base64'),
  forged: (body) => sign('sha256', body, otherRsa).toString('base64'),
  body: (number) => Buffer.from(wireSample('tribe', 'webhook-status').replace('1234-wertiq-983', `1234-${number}`)),
};
const hub: Kind = { ...tribe, body: (number) => Buffer.from(JSON.stringify({ account_id: `a-${number}` })) };

/** One way to be wrong, by turns. */
const wrongs: readonly [Wrong, ...Wrong[]] = [
  (kind, body) => ({ body, signature: kind.forged(body) }),
  (kind, body, dice) => ({ body: altered(body, dice), signature: kind.signed(body) }),
  (kind, body, dice) => ({ body, signature: alteredText(kind.signed(body), dice) }),
  (_, body) => ({ body, signature: undefined }),
  (_, body) => ({ body, signature: '' }),
  (kind, body, dice) => ({ body: body.subarray(0, dice.below(body.length)), signature: kind.signed(body) }),
  (kind, body) => ({ body: Buffer.concat([body, Buffer.from(' ')]), signature: kind.signed(body) }),
  (kind, body, dice) => ({ body, signature: kind.signed(Buffer.from(`another-${dice.below(1e9)}`)) }),
  (kind, body, dice) => ({ body, signature: kind.signed(body).slice(0, dice.below(80)) }),
];
type Wrong = (kind: Kind, body: Buffer, dice: Dice) => Message;

/** One bit of it is another. */
function altered(body: Buffer, dice: Dice): Buffer {
  const copy = Buffer.from(body);
  const at = dice.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << dice.below(8));
  return copy;
}

function alteredText(text: string, dice: Dice): string {
  // Not the last ones: of these some bits say nothing.
  const at = dice.below(80);
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}

/** Sends attacks with genuine messages in between, each of these twice. */
async function attack(kind: Kind, receive: (message: Message) => Promise<boolean>) {
  const dice = new Dice();
  const counts = { attacks: 0, accepted: 0, genuine: 0, genuineRefused: 0 };
  for (let number = 0; number < attacks; number += 1) {
    const body = kind.body(number);
    const wrong = wrongs[number % wrongs.length] ?? wrongs[0];
    counts.attacks += 1;
    if (await receive(wrong(kind, body, dice))) counts.accepted += 1;
    if (number % genuineEvery !== 0) continue;
    const genuine = { body, signature: kind.signed(body) };
    counts.genuine += 1;
    for (const taken of [await receive(genuine), await receive(genuine)]) if (!taken) counts.genuineRefused += 1;
  }
  return counts;
}

const fine = { attacks, accepted: 0, genuine: Math.ceil(attacks / genuineEvery), genuineRefused: 0 };

/** A provider that only hears. */
const listening = (webhooks: Provider['webhooks'], bank?: Provider['bank']): Provider => ({
  institutions: { list: () => Promise.resolve([]) },
  ...(webhooks && { webhooks }),
  ...(bank && { bank }),
  close: () => Promise.resolve(),
});

async function inbox(banking: TestBanking): Promise<number> {
  const [row] = await banking.database.query<{ count: number }[]>('SELECT count(*)::int AS count FROM inbox');
  return row?.count ?? 0;
}

/** Through the inbox, as it comes from the api. */
const receiveBy =
  (banking: TestBanking, header: string) =>
  async ({ body, signature }: Message) => {
    const webhook: IncomingWebhook = { headers: { [header]: signature }, rawBody: body, receivedAt: new Date() };
    return banking
      .get(InboxService)
      .accept('spec', webhook)
      .then(
        () => true,
        () => false,
      );
  };

describe.each([
  [
    'token-io',
    tokenIo,
    'token-signature',
    () => createWebhookReceiver({ ...exampleSettings, webhookPublicKeyPem: pemOf(ed.publicKey) }, deps),
  ],
  ['tribe', tribe, 'x-signature', () => createWebhooks(pemOf(rsa.publicKey))],
] as const)('forged, altered and replayed webhooks of %s', (name, kind, header, make) => {
  it('are not taken; genuine ones are, once', async () => {
    const banking = await startBanking(listening(make()));
    try {
      const counts = await attack(kind, receiveBy(banking, header));
      const stored = await inbox(banking);
      report('webhooks', { receiver: name, ...counts, stored });
      // A replayed message is the same message: it is answered, and stored once.
      expect({ name, ...counts, stored }).toEqual({ name, ...fine, stored: fine.genuine });
    } finally {
      await banking.stop();
    }
  });

  it('are taken by a receiver that does not look at signatures (negative control)', async () => {
    const receiver = make();
    if (!receiver) throw new Error('no receiver');
    const banking = await startBanking(
      listening({ decode: (webhook) => receiver.decode(webhook), verify: () => undefined }),
    );
    try {
      expect(await receiveBy(banking, header)({ body: kind.body(1), signature: 'nonsense' })).toBe(true);
    } finally {
      await banking.stop();
    }
  });
});

describe('forged, altered and replayed requests of the hub to the bank that we are', () => {
  const bank = createBank(
    {
      baseUrl: 'http://127.0.0.1:9/bank/v2',
      apiKey: 'the-key',
      privateKeyPem: otherRsa.export({ type: 'pkcs8', format: 'pem' }).toString(),
      tobPublicKeyPem: pemOf(rsa.publicKey),
      institution: { name: 'Spec Bank', country: 'GB' },
    },
    deps,
  );

  it('are not answered; genuine ones are, and what is repeated is not done twice', async () => {
    const banking = await startBanking(listening(undefined, bank));
    try {
      await banking.database.query('UPDATE connections SET bank_app_id = $1', [banking.appId]);
      const requests = banking.get(HubRequestsService);
      const ask = async (content: Buffer, signature: string | undefined, requestId: string, apiKey = 'the-key') => {
        const request: InboundRequest = {
          method: 'POST',
          action: 'v2_payment_direct_single',
          rawBody: content,
          headers: { 'x-api-key': apiKey, 'x-request-id': requestId, 'x-signature': signature },
        };
        await requests.answer('spec', banking.connectionId, request);
      };
      // A request that was proven is remembered with its answer, whatever that says; what was not leaves nothing.
      const remembered = async () => {
        const [row] = await banking.database.query<{ count: number }[]>(
          'SELECT count(*)::int AS count FROM bank_requests',
        );
        return row?.count ?? 0;
      };
      let seen = 0;
      const ids = new Map<string, string>();
      const counts = await attack(hub, async ({ body, signature }) => {
        const key = body.toString('hex') + (signature ?? '');
        const repeated = ids.has(key);
        const requestId = ids.get(key) ?? randomUUID();
        ids.set(key, requestId);
        await ask(body, signature, requestId);
        const now = await remembered();
        const taken = now > seen;
        seen = now;
        // A repeated one is answered from what is remembered: nothing new is made.
        return repeated ? !taken : taken;
      });
      const genuine = hub.body(1);
      await ask(genuine, hub.signed(genuine), randomUUID(), 'another-key');
      report('webhooks', { receiver: 'tribe bank', ...counts, stored: await remembered() });
      expect({ ...counts, stored: await remembered() }).toEqual({ ...fine, stored: fine.genuine });
    } finally {
      await banking.stop();
      await bank.close();
    }
  });
});
