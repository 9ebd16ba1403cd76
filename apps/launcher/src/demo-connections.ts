import { expectStatus, postJson } from './api-client.js';
import type { DemoConnection } from './demo-connection.js';
import { tellConnection } from './tell-connection.js';
import { tokenIoConnection } from './token-io-connection.js';
import { tribeConnection } from './tribe-connection.js';

/** Banks know us by the organisation identifier of our certificate (PSD2: PSDxx, authority, number). */
const OAUTH_CLIENT = { clientId: 'PSDDE-BAFIN-123456', clientSecret: 'sandbox-client-secret' };

/**
 * A connection to each simulated upstream of the sandbox at that address, which knows us afterwards as a bank does once a
 * developer has registered at its portal. Simulators forget when they stop. A new simulator adds its own here.
 */
export async function demoConnections(sandboxUrl: string, publicUrl: string): Promise<readonly DemoConnection[]> {
  const portal = `${sandboxUrl}/__control/xs2a/clients`;
  const registration = {
    id: OAUTH_CLIENT.clientId,
    secret: OAUTH_CLIENT.clientSecret,
    name: 'Tributary',
    redirectUris: [`${publicUrl}/callbacks/xs2a`],
  };
  expectStatus(await postJson(portal, registration), `POST ${portal}`);
  const oauthServer = `${sandboxUrl}/xs2a/oauth`;
  return [
    await tellConnection(sandboxUrl, publicUrl),
    await tokenIoConnection(sandboxUrl),
    await tribeConnection(sandboxUrl, publicUrl),
    {
      provider: 'xs2a',
      name: 'MockBank',
      environment: 'sandbox',
      settings: {
        baseUrl: `${sandboxUrl}/xs2a`,
        institution: { name: 'MockBank', bic: 'MOCKDEFFXXX', country: 'DE' },
        scaPreference: 'redirect',
        oauth: OAUTH_CLIENT,
        // MockBank answers a repeated X-Request-ID as before. A real bank must have said so before this is switched on.
        initiationReplay: true,
        // Some of its customers have statements in XML or MT940 only.
        reportFormats: ['json', 'camt', 'mt94x'],
        timeZone: 'UTC',
        combinedService: true,
        optionalServices: [
          'cardAccounts',
          'confirmationOfFundsConsents',
          'ownerName',
          'signingBaskets',
          'standingOrders',
          'transactionDetails',
          'trustedBeneficiaries',
        ],
      },
    },
    {
      // The same bank for customers like emma.prestep, who log in at its OAuth server before anything else.
      provider: 'xs2a',
      key: 'xs2a-pre-step',
      name: 'MockBank, OAuth first',
      environment: 'sandbox',
      settings: {
        baseUrl: `${sandboxUrl}/xs2a`,
        institution: { name: 'MockBank, OAuth first', country: 'DE' },
        scaPreference: 'embedded',
        oauth: {
          ...OAUTH_CLIENT,
          mode: 'pre-step',
          authorizeUrl: `${oauthServer}/authorize`,
          tokenUrl: `${oauthServer}/token`,
        },
        initiationReplay: true,
      },
    },
  ];
}
