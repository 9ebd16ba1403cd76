import type { Approach, Authorisation, Consent, Page, ConsentEvent, Problem } from '../../e2e/answers.js';
import { expectStatus } from '../../e2e/api.js';
import { askConsent, consentRequest } from '../../e2e/orders.js';
import { authorise } from '../../e2e/psu.js';
import type { Suite } from '../bench.js';

/** What goes wrong between a PSU and their bank, in the approaches that the provider has. */
export const sca: Suite = (driver, bench) => {
  const refusable = driver.approaches.filter((approach) => approach !== 'embedded');
  const embedded = driver.approaches.includes('embedded');

  async function begin(approach: Approach) {
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(approach);
    const consent = await askConsent(app, consentRequest(world, connection, psu));
    const path = `/v1/authorisations/${consent.authorisationId}/steps`;
    const answer = async (body: object): Promise<Authorisation> =>
      expectStatus(await app.post<Authorisation>(path, body), 200, `POST ${path}`);
    return { app, psu, consent, path, answer };
  }

  it.each(refusable)('a refusal of the PSU by %s rejects the consent', async (approach) => {
    const { app, psu, consent } = await begin(approach);
    const { authorisation, returned } = await authorise(app, psu, consent.authorisationId, 'refuse');
    expect(authorisation).toMatchObject({ scaStatus: 'failed', nextStep: null });
    const after = await app.read<Consent>(`/v1/consents/${consent.id}`);
    expect(after).toMatchObject({ status: 'rejected', nextStep: null });
    if (approach === 'decoupled') return;
    expect(Object.fromEntries(returned?.searchParams ?? [])).toMatchObject({
      consentId: consent.id,
      status: 'rejected',
      state: 'link-17',
    });
  });

  if (embedded) {
    it('a wrong password is no error: the same step comes again, and the right one goes on', async () => {
      const { psu, answer } = await begin('embedded');
      const wrong = Object.fromEntries(Object.keys(psu.credentials).map((name) => [name, 'surely wrong']));
      expect(await answer({ credentials: wrong })).toMatchObject({ nextStep: { type: 'credentials', isRetry: true } });
      const next = await answer({ credentials: psu.credentials });
      expect(next.nextStep?.type).not.toBe('credentials');
    });

    it('a wrong code is no error: the same step comes again, and the right one ends it', async () => {
      const { app, psu, consent, answer } = await begin('embedded');
      let now = await answer({ credentials: psu.credentials });
      if (now.nextStep?.type === 'selectMethod') now = await answer({ methodId: psu.choose(now.nextStep.methods) });
      expect(now.nextStep).toMatchObject({ type: 'challenge', isRetry: false });
      expect(await answer({ code: '000' })).toMatchObject({ nextStep: { type: 'challenge', isRetry: true } });
      expect(await answer({ code: psu.code })).toMatchObject({ scaStatus: 'finalised', nextStep: null });
      expect(await app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'authorised' });
    });

    it('too many wrong codes end it, and the consent with it', async () => {
      const { app, psu, consent, answer } = await begin('embedded');
      let now = await answer({ credentials: psu.credentials });
      if (now.nextStep?.type === 'selectMethod') now = await answer({ methodId: psu.choose(now.nextStep.methods) });
      for (let tries = 0; tries < 10 && now.nextStep !== null; tries += 1) now = await answer({ code: '000' });
      expect(now).toMatchObject({ scaStatus: 'failed', nextStep: null });
      expect(await app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'rejected' });
    });

    it('an answer to another step than the open one is refused and changes nothing', async () => {
      const { app, path, psu, consent, answer } = await begin('embedded');
      const early = await app.post<Problem>(path, { code: psu.code });
      expect([early.status, early.body.code]).toEqual([409, 'step_not_open']);
      const both = await app.post<Problem>(path, { code: '1', methodId: '2' });
      expect([both.status, both.body.code]).toEqual([400, 'invalid_request']);
      await answer({ credentials: psu.credentials });
      await authorise(app, psu, consent.authorisationId);
      expect(await app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'authorised' });
    });

    it('what the PSU enters appears in no log', async () => {
      const { app, psu, consent } = await begin('embedded');
      await authorise(app, psu, consent.authorisationId);
      await app.read<Page<ConsentEvent>>(`/v1/consents/${consent.id}/events`);
      for (const process of ['api', 'worker']) {
        const log = bench().world.logs(process);
        expect(log.length).toBeGreaterThan(0);
        for (const secret of [...Object.values(psu.credentials), psu.code]) expect(log).not.toContain(secret);
      }
    });
  }
};
