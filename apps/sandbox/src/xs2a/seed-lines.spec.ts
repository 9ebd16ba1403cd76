import { Tpp, type Json } from '../../test/tpp.js';

/** The two printed requests of MockBank's public page, filled in, header by header and byte by byte. */
describe('the documented lines of MockBank', () => {
  it('are taken as printed and answered in the printed shape', async () => {
    const tpp = await Tpp.start();
    const psu = await tpp.customer('anna.embedded');
    const consent = await tpp.send(
      'POST',
      '/xs2a/v1/consents',
      {
        'Content-Type': 'application/json',
        'X-Request-ID': '3d1afce9-f7fe-4b3a-89cb-cd03b7820b63',
        'PSU-ID': psu.username,
      },
      '{ "access": { "allPsd2": "allAccounts" }, "frequencyPerDay": 0, "recurringIndicator": false, "validUntil": "2030-10-10" }',
    );
    const id = String(consent.json['consentId']);
    const base = `http://localhost:80/xs2a/v1/consents/${id}`;
    expect(consent.status).toBe(201);
    expect(JSON.stringify(consent.json)).toBe(
      JSON.stringify({
        consentStatus: 'received',
        consentId: id,
        _links: {
          self: { href: base },
          status: { href: `${base}/status` },
          startAuthorisation: { href: `${base}/authorisations` },
        },
      }),
    );
    expect(consent.headers['x-request-id']).toBe('3d1afce9-f7fe-4b3a-89cb-cd03b7820b63');

    const start = await tpp.send(
      'POST',
      `/xs2a/v1/consents/${id}/authorisations`,
      {
        'PSU-ID': psu.username,
        'X-Request-ID': 'e5b654ab-c95e-4014-be4f-1e043e714bca',
        'Content-Type': 'application/json',
      },
      `{ "psuData": { "password": "${psu.password}" } }`,
    );
    expect(start.status).toBe(201);
    expect(start.json['scaStatus']).toBe('psuAuthenticated');
    expect(start.headers['aspsp-sca-approach']).toBe('EMBEDDED');
    expect((start.json['scaMethods'] as Json[])[0]).toEqual({
      authenticationType: 'SMS',
      authenticationVersion: '0',
      authenticationMethodId: 'smstaniphonex',
      name: 'Verify by Phone',
      decoupled: false,
    });
  });

  it('are refused by a bank that holds to the specification', async () => {
    const tpp = await Tpp.start();
    await tpp.control('PUT', '/profile', { headers: 'strict' });
    const body = {
      access: { allPsd2: 'allAccounts' },
      frequencyPerDay: 0,
      recurringIndicator: false,
      validUntil: '2030-10-10',
    };
    const answer = await tpp.call('POST', '/v1/consents', body, { 'psu-id': 'anna.embedded' });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('PSU-IP-Address')]);
  });
});
