import fs from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { TellTpp, tokensOf, type DemoApplication, type Json } from '../../test/tell-tpp.js';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  fs.existsSync(path),
);
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nc3BlYw==\n-----END CERTIFICATE-----\n';

if (executablePath !== undefined) {
  describe('the pages, in Chromium', () => {
    let tpp: TellTpp;
    let origin: string;
    let browser: Browser;
    let page: Page;
    const complaints: string[] = [];
    beforeAll(async () => {
      tpp = await TellTpp.start();
      origin = await tpp.app.listen({ port: 0, host: '127.0.0.1' });
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      page.on('console', (message) => complaints.push(message.text()));
    });
    afterAll(async () => {
      await browser.close();
      await tpp.app.close();
    });

    const application = async (name: string) => {
      const { json } = await tpp.control('GET', '/applications');
      const found = (json['applications'] as (DemoApplication & Json)[]).find(
        (candidate) => candidate['name'] === name,
      );
      if (!found) throw new Error(`no application ${name}`);
      return found;
    };

    it('register an application; a pasted certificate is the key as it stands, an uploaded one byte for byte', async () => {
      await page.goto(`${origin}/tell-connect/ui/`);
      await page.getByLabel('Your name').fill('Nora');
      await page.getByLabel('E-mail').fill('nora@tpp.example');
      await page.getByLabel('Company').fill('Nora Pay');
      await page.getByRole('button', { name: 'Register' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Pasted');
      await page.getByLabel('or its text').fill(CERTIFICATE);
      await page.getByRole('button', { name: 'Register the application' }).click();
      await page.getByText('works in the sandbox').waitFor();
      expect((await application('Pasted')).certificate).toBe(CERTIFICATE);
      const form = page.locator('form[action$="/applications"]');
      await form.getByLabel('Name', { exact: true }).fill('Uploaded');
      const buffer = Buffer.from(CERTIFICATE.replaceAll('\n', '\r\n'));
      await form.getByLabel('Certificate file').setInputFiles({ name: 'c.pem', mimeType: 'text/plain', buffer });
      await form.getByRole('button', { name: 'Register the application' }).click();
      await page.locator('summary', { hasText: 'Uploaded' }).waitFor();
      expect((await application('Uploaded')).certificate).toBe(buffer.toString());
    });

    it('let a user log in, choose accounts and accept; the holding page shows a code that works', async () => {
      const own = tpp.as({ application: await application('Pasted') });
      const user = await tpp.customer('sam.stub');
      const location = new URL(String((await own.intent('aisp', false)).json['location'])).pathname;
      await page.goto(origin + location);
      await page.getByLabel('Username').fill(user.username);
      await page.getByLabel('Password').fill(user.password);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByLabel('Savings').uncheck();
      await page.getByLabel('Code from your app').fill(user.code);
      await page.getByRole('button', { name: 'Accept' }).click();
      const code = await page.locator('#authorisation_code').innerText();
      const { access } = tokensOf(await own.exchange(code));
      const { json } = await own.call('GET', '/accounts', { token: access });
      expect((json['Accounts'] as Json[]).map(({ Nickname }) => Nickname)).toEqual([
        'Everyday',
        'Trading',
        'Bills',
        'Euro',
      ]);
    });

    it('need nothing that the policy forbids, and fit a phone', async () => {
      for (const path of ['/', '/admin', '/statistics']) {
        // oxlint-disable-next-line no-await-in-loop -- one page after the other
        await page.goto(`${origin}/tell-connect/ui${path}`);
        // oxlint-disable-next-line no-await-in-loop -- one page after the other
        const tooWide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
        expect([path, tooWide <= 0]).toEqual([path, true]);
      }
      expect(complaints.filter((text) => !/favicon|404/.test(text))).toEqual([]);
    });
  });
} else {
  it('are not proved on this machine: there is no Chromium', () => {
    console.warn('pages.spec.ts of tell.connect does not look at the pages: install Chromium to do it.');
    expect(executablePath).toBeUndefined();
  });
}
