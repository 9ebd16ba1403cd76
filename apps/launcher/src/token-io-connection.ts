import { generateKeyPairSync } from 'node:crypto';
import { expectStatus, postJson, textIn } from './api-client.js';
import type { DemoConnection } from './demo-connection.js';

/** A connection to the simulated Token.io: a member of ours with a key of ours, as its dashboard would make them. */
export async function tokenIoConnection(sandboxUrl: string): Promise<DemoConnection> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const route = `${sandboxUrl}/__control/token-io/members`;
  const registration = {
    memberId: 'm:Trib2026utary:5zKtXEAq',
    name: 'Tributary',
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
  const member = expectStatus(await postJson(route, registration), `POST ${route}`);
  return {
    provider: 'token-io',
    name: 'Token.io',
    environment: 'sandbox',
    settings: {
      baseUrl: `${sandboxUrl}/token-io`,
      memberId: textIn(member, 'memberId'),
      key: { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      webhookPublicKey: textIn(member, 'webhookPublicKey'),
    },
  };
}
