import { TellTpp, said, tokensOf, type DemoApplication, type Json } from '../../test/tell-tpp.js';

/** With carriage returns, no last line feed and a letter outside of ASCII: what an upload must keep. */
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\r\nü\r\n-----END CERTIFICATE-----';

let tpp: TellTpp;
let desk: string;
beforeEach(async () => {
  tpp = await TellTpp.start();
  const entered = await tpp.form('/tell-connect/ui/register', {
    name: 'N',
    email: 'n@tpp.example',
    company: 'New TPP',
  });
  desk = String(entered.headers['location']);
});
afterEach(() => tpp.app.close());

const upload = async (path: string, fields: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    form.set(name, name === 'certificateFile' ? new Blob([value]) : value);
  }
  const { headers, text } = await encoded(form);
  return tpp.send('POST', path, headers, text);
};

async function encoded(form: FormData): Promise<{ headers: Record<string, string>; text: string }> {
  const request = new Request('http://portal.example', { method: 'POST', body: form });
  return { headers: { 'content-type': request.headers.get('content-type') ?? '' }, text: await request.text() };
}

const applications = async () =>
  (await tpp.control('GET', '/applications')).json['applications'] as (DemoApplication & Json)[];
const registered = async () => {
  const found = (await applications()).find(({ name }) => name === 'Mine');
  if (!found) throw new Error('not registered');
  return found;
};

describe('the developer portal', () => {
  it('registers a developer and an application whose uploaded certificate signs, byte for byte', async () => {
    await upload(`${desk}/applications`, { name: 'Mine', certificateFile: CERTIFICATE });
    const mine = await registered();
    expect([mine['state'], mine.certificate]).toEqual(['sandbox', CERTIFICATE]);
    expect((await tpp.send('GET', desk)).text).toContain(mine.clientSecret);
    const own = tpp.as({ application: mine });
    const { access } = tokensOf(await own.exchange(await own.code()));
    expect((await own.call('GET', '/accounts', { token: access })).status).toBe(200);
  });

  it('shows the outcome on the holding page until a redirect URL is set', async () => {
    await upload(`${desk}/applications`, { name: 'Mine', certificateFile: CERTIFICATE });
    const mine = await registered();
    const location = async () => {
      const { json } = await tpp.as({ application: mine }).intent('aisp', true);
      return String((await tpp.send('GET', String(json['location']))).headers['location']);
    };
    expect((await tpp.send('GET', await location())).text).toContain('id="authorisation_code"');
    await upload(`${desk}/applications/${mine.applicationId}`, { redirectUrl: 'https://tpp.example/back' });
    expect(await location()).toMatch(/^https:\/\/tpp\.example\/back\?/);
  });

  it('lets an application go live when the staff release it, with a certificate that is one', async () => {
    const { certificate } = tpp.application;
    const redirectUrl = 'https://tpp.example/back';
    await upload(`${desk}/applications`, { name: 'Mine', redirectUrl, certificateFile: 'any text' });
    const mine = await registered();
    const live = () => tpp.as({ application: mine, version: 'v1' }).intent('aisp', false);
    expect(said(await live())).toEqual([403, 'app_not_live']);
    const registration = { legalName: 'New TPP Ltd', competentAuthority: 'FCA', registrationNumber: '900001' };
    expect((await tpp.form(`${desk}/applications/${mine.applicationId}/go-live`, {})).status).toBe(400);
    await tpp.form(`${desk}/applications/${mine.applicationId}/go-live`, registration);
    expect((await registered())['state']).toBe('goLiveRequested');
    const release = async () => tpp.form('/tell-connect/ui/admin/release', { id: mine.applicationId });
    expect((await release()).status).toBe(400);
    await upload(`${desk}/applications/${mine.applicationId}`, { redirectUrl, certificateFile: certificate });
    expect((await release()).status).toBe(303);
    mine.certificate = certificate;
    expect((await live()).status).toBe(200);
  });

  it('wants the right login, and knows no foreign application', async () => {
    const { clientId, applicationId } = tpp.application;
    expect((await tpp.form('/tell-connect/ui/login', { clientId, clientSecret: 'x' })).status).toBe(400);
    expect(
      (await upload(`${desk}/applications/${applicationId}`, { redirectUrl: 'https://evil.example/' })).status,
    ).toBe(400);
    const { clientSecret } = tpp.application;
    expect((await tpp.form('/tell-connect/ui/login', { clientId, clientSecret })).status).toBe(303);
  });

  it('escapes what people write', async () => {
    await upload(`${desk}/applications`, { name: '<script>x</script>', redirectUrl: '' });
    const { text } = await tpp.send('GET', desk);
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;');
  });
});

describe('the statistics', () => {
  it('show the quarter to date, with traffic, errors and downtime', async () => {
    await tpp.control('POST', '/clock', { set: '2099-07-23T12:00:00Z' });
    const { access: token } = await tpp.tokens();
    await tpp.call('GET', '/accounts', { token });
    await tpp.control('POST', '/faults', { kind: 'error', count: 1 });
    await tpp.call('GET', '/accounts', { token });
    await tpp.control('POST', '/downtime', { service: 'pis', seconds: 864 });
    const page = await tpp.send('GET', '/tell-connect/ui/statistics');
    expect(page.text).toContain('7/1/2099');
    const days = (await tpp.send('GET', '/tell-connect/ui/statistics.json')).json['days'] as Json[];
    expect(days).toHaveLength(23);
    expect(days[22]).toMatchObject({
      date: '2099-07-23',
      services: [{ errorPercent: 50 }, { uptimePercent: 99, averageMs: null }, { uptimePercent: 100 }],
    });
    const frozen = await tpp.send('GET', '/tell-connect/ui/statistics/2099-04-01');
    expect(frozen.json).toMatchObject({ from: '2099-04-01', to: '2099-06-30' });
    expect((await tpp.send('GET', '/tell-connect/ui/statistics/2099-07-01')).status).toBe(404);
  });
});
