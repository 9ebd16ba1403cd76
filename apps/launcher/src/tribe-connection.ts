import { expectStatus, getJson, postJson } from './api-client.js';
import type { DemoConnection } from './demo-connection.js';

/** The TPP that the simulated hub knows from the start. */
const client = { clientId: 'tributary-demo', clientSecret: 'sandbox-client-secret' };

/**
 * A connection to the simulated Tribe hub as a TPP: registered there, with a certificate of its authority.
 * @param hubName `tribe`, or `tribe@{name}` for a further, independent hub
 */
export async function tribeConnection(
  sandboxUrl: string,
  publicUrl: string,
  hubName = 'tribe',
): Promise<DemoConnection> {
  const hub = `${sandboxUrl}/__control/${hubName}`;
  const registration = {
    ...client,
    name: 'Tributary',
    redirectUris: [`${publicUrl}/callbacks/tribe`],
    webhookUrl: `${publicUrl}/webhooks/tribe`,
  };
  expectStatus(await postJson(`${hub}/tpps`, registration), `POST ${hub}/tpps`);
  const seal = expectStatus(await postJson(`${hub}/certificates`, {}), `POST ${hub}/certificates`);
  const key = expectStatus(await getJson(`${hub}/key`), `GET ${hub}/key`);
  return {
    provider: 'tribe',
    name: 'Tribe',
    environment: 'sandbox',
    settings: {
      tpp: {
        baseUrl: `${sandboxUrl}/${hubName}/tpp/v2`,
        authorizeUrl: `${sandboxUrl}/${hubName}/oauth/authorize`,
        tokenUrl: `${sandboxUrl}/${hubName}/oauth/token`,
        ...client,
        certificatePem: seal['certificate'],
        privateKeyPem: seal['privateKey'],
        tobPublicKeyPem: key['hubPublicKey'],
        bankChooser: { name: 'Any bank', country: 'LT' },
        confirmationMinutes: 15,
      },
    },
  };
}
