import fs from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import pg from 'pg';
import { at, expectProblem, makeApp, type RunningApi, send, startApi, textAt, tokenFor } from './process.js';

/*
 * Negative control, carried out once against a changed build: the page with a script tag in it that changes the heading. The
 * CSP stops it, and the test that nothing is refused by the policy fails.
 */

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  fs.existsSync(path),
);

let api: RunningApi;
let admin: string;
const ids: string[] = [];
const today = new Date().toISOString().slice(0, 10);
beforeAll(async () => {
  api = await startApi();
  admin = await tokenFor(api.url, api.admin);
  for (const name of ['First bank', 'Second bank']) ids.push(await connect(name));
  await measureSomething();
});
afterAll(() => api.stop());

async function connect(name: string): Promise<string> {
  const baseUrl = 'http://127.0.0.1:9/xs2a';
  const settings = { baseUrl, institution: { name, country: 'DE' }, scaPreference: 'redirect' };
  const body = { provider: 'xs2a', name, environment: 'sandbox', settings };
  return textAt((await send(`${api.url}/v1/connections`, { method: 'POST', token: admin, body })).body, 'id');
}

/** As the recorder writes it: a day ago 4 calls with one error, today silence until now. */
async function measureSomething(): Promise<void> {
  const database = new pg.Client({ connectionString: api.databaseUrl });
  await database.connect();
  await database.query(`UPDATE connections SET created_at = now() - interval '200 days'`);
  await database.query(
    `INSERT INTO connection_days VALUES ($1, (now() AT TIME ZONE 'UTC')::date - 1, 'call', 4, 1, 4, 1000)`,
    [ids[0]],
  );
  await database.query(`INSERT INTO connection_silences VALUES ($1, date_trunc('second', now()), 5)`, [ids[1]]);
  await database.end();
}

const report = (query: string, token = admin, accept = 'application/json') =>
  send(`${api.url}/v1/reports/performance${query}`, { token, headers: { accept } });
const dayBefore = (date: string, days: number) =>
  new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);
const yesterday = dayBefore(today, 1);

describe('GET /v1/reports/performance', () => {
  it('has uptime, average time and error rate per connection and day', async () => {
    const { status, body } = await report(`?connectionId=${ids[0]}&from=${yesterday}&to=${today}`);
    const nothing = { uptimePercent: 100, averageMs: null, errorPercent: 0, calls: 0, errors: 0, downSeconds: 0 };
    const busy = { ...nothing, averageMs: 250, errorPercent: 25, calls: 4, errors: 1 };
    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: yesterday,
      to: today,
      connections: [{ connectionId: ids[0], name: 'First bank', downSince: null, summary: busy }],
    });
    expect(at(body, 'connections.0.days')).toEqual([
      { date: yesterday, ...busy },
      { date: today, ...nothing },
    ]);
  });

  it('is the quarter to date of all connections without a query, and says who is down', async () => {
    const { body } = await report('');
    expect(textAt(body, 'from')).toMatch(/-(01|04|07|10)-01$/);
    expect(body).toMatchObject({ to: today, connections: [{ downSince: null }, { downSince: expect.any(String) }] });
  });

  it('is CSV by format and by Accept', async () => {
    const query = `?connectionId=${ids[0]}&from=${yesterday}&to=${yesterday}`;
    const byFormat = await report(`${query}&format=csv`);
    const byAccept = await report(query, admin, 'text/csv');
    expect(byFormat.headers.get('content-type')).toContain('text/csv');
    expect(byFormat.text.split('\r\n')[1]).toBe(
      `${yesterday},${ids[0]},xs2a,sandbox,First bank,100.0000,250,25.0000,4,1,0`,
    );
    expect(byAccept.text).toBe(byFormat.text);
  });

  it('refuses windows that nobody can want, and unknown connections', async () => {
    for (const query of [
      '?from=2026-02-30',
      '?from=2026-03-02&to=2026-03-01',
      '?from=2020-01-01&to=2026-01-01',
      '?format=xml',
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a failure tells which
      expectProblem(await report(query), 400, 'invalid_request');
    }
    expectProblem(await report('?connectionId=cnn_01KAHX5V4Q0N6W2T8B7C9D3E5F'), 404, 'not_found');
  });

  it('is for apps that may read institutions, and for nobody else', async () => {
    const reader = await tokenFor(api.url, await makeApp(api, ['institutions']));
    const other = await tokenFor(api.url, await makeApp(api, ['payments']));
    expect((await report('', reader)).status).toBe(200);
    expectProblem(await report('', other), 403, 'insufficient_scope');
  });
});

if (executablePath !== undefined) {
  describe('the page /status, in Chromium', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    });
    afterAll(() => browser.close());

    async function open(
      path: string,
      width: number,
    ): Promise<{ page: Page; complaints: string[]; requested: string[] }> {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const complaints: string[] = [];
      const requested: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => requested.push(new URL(request.url()).pathname));
      await page.goto(`${api.url}${path}`);
      const directory = process.env['SCREENSHOT_DIR'];
      if (directory) await page.screenshot({ path: `${directory}/status-${width}.png`, fullPage: true });
      return { page, complaints, requested };
    }

    it.each([1280, 390])(
      'shows state, summary, plots and days at a width of %i, and needs nothing else',
      async (width) => {
        const { page, complaints, requested } = await open('/status', width);
        expect(await page.locator('.states li').allInnerTexts()).toEqual([
          'First bank (sandbox): operating',
          expect.stringMatching(/^Second bank \(sandbox\): down since .* UTC$/),
        ]);
        const summary = await page.locator('#summary tbody tr').allInnerTexts();
        expect(summary.map((row) => row.split('\t')[0])).toEqual(['Uptime', 'Average request time', 'Error rate']);
        const [year = '', month = '', day = ''] = today.split('-');
        for (const id of ['uptime', 'time', 'errors']) {
          // oxlint-disable-next-line no-await-in-loop -- three of them
          const last = await page.locator(`#${id} tbody tr`).last().innerText();
          expect(last.split('\t')[0]).toBe(`${Number(month)}/${Number(day)}/${year}`);
        }
        expect(await page.locator('svg[role=img]').count()).toBe(3);
        expect(await page.locator('svg[role=img] path.line').count()).toBe(6);
        const tooWide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
        expect(tooWide).toBeLessThanOrEqual(0);
        expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
        expect(requested.filter((path) => path !== '/favicon.ico')).toEqual(['/status']);
        await page.close();
      },
    );

    it('leads to the quarters that are over', async () => {
      const { page } = await open('/status', 1280);
      const link = page.locator('.quarters a').first();
      const name = await link.innerText();
      await link.click();
      expect(new URL(page.url()).search).toBe(`?quarter=${name}`);
      expect(await page.locator('.quarters [aria-current=page]').innerText()).toBe(name);
      const rows = await page.locator('#uptime tbody tr').count();
      expect(rows).toBeGreaterThanOrEqual(90);
      // How things are now is said on every page.
      expect(await page.locator('.states').innerText()).toContain('down since');
      await page.close();
    });
  });
} else {
  it('is not proved on this machine: there is no Chromium', () => {
    console.warn('status.spec.ts does not look at the page /status: install Chromium to do it.');
    expect(executablePath).toBeUndefined();
  });
}
