import { expectStatus, getJson, putJson, textIn } from './api-client.js';
import type { DemoConnection } from './demo-connection.js';

/** A connection to the sandbox of the simulated tell.connect: its first application, which sends PSUs back to us. */
export async function tellConnection(sandboxUrl: string, publicUrl: string): Promise<DemoConnection> {
  const portal = `${sandboxUrl}/__control/tell-connect`;
  const application = expectStatus(await getJson(`${portal}/application`), `GET ${portal}/application`);
  const applicationId = textIn(application, 'applicationId');
  const route = `${portal}/applications/${applicationId}`;
  const redirectUrl = `${publicUrl}/callbacks/tell-connect`;
  expectStatus(await putJson(route, { redirectUrl }), `PUT ${route}`);
  return {
    provider: 'tell-connect',
    name: 'Pockit',
    environment: 'sandbox',
    settings: {
      baseUrl: textIn(application, 'sandboxUrl'),
      clientId: textIn(application, 'clientId'),
      clientSecret: textIn(application, 'clientSecret'),
      applicationId,
      certificatePem: textIn(application, 'certificate'),
      aspspId: textIn(application, 'aspsp'),
      institution: { name: 'Pockit', country: 'GB' },
    },
  };
}
