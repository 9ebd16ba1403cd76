// Initiation of a payment, the intent durable before the call, against P1-RSA.
import { redirectUri, signingBank } from '../world.mjs';
import { goal, inTurn, ratiosOf } from '../samples.mjs';

export const name = 'payment';

const order = {
  psu: { id: 'psu-0' },
  amount: { amount: '12.34', currency: 'EUR' },
  creditor: { name: 'Shop', account: { iban: 'DE89370400440532013000' } },
  debtor: { name: 'Anna Keller', account: { iban: 'DE02120300000000202051' } },
  scheme: 'SEPA_CREDIT_TRANSFER',
  remittance: { unstructured: 'Order 4711' },
  redirectUri,
};

export function initiation(token, institutionId) {
  return {
    method: 'POST',
    path: '/v1/payments',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': '%SERIAL%',
      'psu-ip-address': '192.0.2.17',
    },
    body: JSON.stringify({ ...order, institutionId }),
    expect: '"isoStatus":"RCVD"',
  };
}

async function measure(world, contestant, times) {
  const signing = world.signs ? { SIGNING_KEY: world.keys.privateKeyPem } : {};
  const { child, url } = contestant === 'product' ? await world.startApi() : await world.startPeer('p1-rsa', signing);
  try {
    const token = contestant === 'product' ? await world.token(url) : world.peerToken();
    const database = contestant === 'product' ? world.database : world.peers;
    const before = await count(database);
    await world.tellBank({ latencyMs: 0 });
    const requests = [initiation(token, world.institutions[signingBank])];
    const groups = [{ name: contestant, origin: url, connections: 50, requests, expectStatus: 201 }];
    const [result] = await world.load({ groups, ...times });
    const { operations } = await world.tellBank({});
    const made = (await count(database)) - before;
    if (operations.initiatePayment !== result.total || made !== result.total) {
      throw new Error(
        `${contestant}: ${result.total} requests, ${operations.initiatePayment} at the bank, ${made} payments on disk`,
      );
    }
    return result.perSecond;
  } finally {
    await child.stop();
  }
}

const count = async (database) =>
  Number((await database.query('SELECT count(*) AS count FROM payments')).rows[0].count);

export async function run(world, { rounds, quick, say }) {
  const times = quick ? { warmUpMs: 2_000, measureMs: 3_000 } : { warmUpMs: 12_000, measureMs: 3_000 };
  const found = { product: [], peer: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of inTurn(['product', 'peer'], round)) {
      found[contestant].push(await measure(world, contestant, times));
    }
    say(`round ${round + 1}: product ${Math.round(found.product.at(-1))}/s, peer ${Math.round(found.peer.at(-1))}/s`);
  }
  const { rows } = await world.database.query(
    `SELECT (SELECT count(*) FROM payments WHERE send_state = 'sent') AS sent,
            (SELECT count(*) FROM payment_observations WHERE source = 'initiation') AS observed`,
  );
  if (rows[0].sent !== rows[0].observed)
    throw new Error(`${rows[0].sent} payments sent, ${rows[0].observed} in the timelines`);
  return {
    raw: found,
    goals: [
      goal({
        name: `Payment initiation against P1-RSA${world.signs ? '' : ', both without a signature'}`,
        unit: '/s',
        ...found,
        ratios: ratiosOf(found.product, found.peer),
        must: { atLeast: 0.7 },
        note: world.signs ? '' : 'nothing was signed: this build cannot, or openssl is not installed.',
      }),
    ],
  };
}
