import { jest } from '@jest/globals';
import type { CallContext } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { ConsentBank } from '../../../../test/consent-bank.js';
import { ConsentsService } from '../consents/consents.service.js';
import type { ConsentView } from '../consents/consent-view.js';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { AuthorisationsService } from './authorisations.service.js';
import { CallbackRefused, Callbacks } from './callbacks.js';

const context: CallContext = { traceId: 'spec', psu: {} };

let bank: ConsentBank;
let banking: TestBanking;
let consents: ConsentsService;
let authorisations: AuthorisationsService;

beforeAll(async () => {
  banking = await startBanking(new ConsentBank().provider);
  consents = banking.get(ConsentsService);
  authorisations = banking.get(AuthorisationsService);
});
beforeEach(() => {
  bank = new ConsentBank();
  banking.get(UpstreamsService).provider = () => Promise.resolve(bank.provider);
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await banking.stop();
});

async function opened(
  approach: ConsentBank['approach'] = 'embedded',
): Promise<ConsentView & { sca: string; state: string }> {
  bank.approach = approach;
  const consent = await consents.create(
    banking.appId,
    {
      institutionId: banking.institutionId,
      psu: { id: 'anna' },
      access: ['accounts'],
      recurring: true,
      validUntil: '2099-12-31',
      redirectUri: banking.redirectUri,
      state: 'a&b=c',
    },
    context,
  );
  return { ...consent, sca: consent.authorisationId ?? '', state: bank.seenStates.at(-1) ?? '' };
}

const answer = (sca: string, given: Parameters<AuthorisationsService['answer']>[2]) =>
  authorisations.answer(banking.appId, sca, given, context);
const password = { type: 'credentials', credentials: { password: 'canary-password' } } as const;
const status = async (id: string) => (await consents.get(banking.appId, id, context)).status;

const refusalOf = async (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'answered',
    (error: unknown) => {
      if (error instanceof Refusal) return error.code;
      if (error instanceof CallbackRefused) return error.reason;
      throw error;
    },
  );

describe('answering a step', () => {
  it('gives the same step again for a wrong code, and goes on with the right one', async () => {
    const { sca } = await opened();
    await answer(sca, password);
    expect(await answer(sca, { type: 'challenge', code: '000000' })).toMatchObject({
      scaStatus: 'psuAuthenticated',
      nextStep: { type: 'challenge', isRetry: true },
    });
    expect(await answer(sca, { type: 'challenge', code: '123456' })).toMatchObject({ scaStatus: 'finalised' });
  });

  it.each([
    ['a code where a password is asked for', { type: 'challenge', code: '1' }, 'step_not_open'],
    [
      'a field that nobody asked for',
      { type: 'credentials', credentials: { password: 'p', pin: '1' } },
      'invalid_request',
    ],
    ['a field left out', { type: 'credentials', credentials: {} }, 'invalid_request'],
  ] as const)('refuses %s before the bank hears of it', async (_, given, code) => {
    const { sca } = await opened();
    expect(await refusalOf(answer(sca, given))).toBe(code);
    expect(bank.count('answer')).toBe(0);
  });

  it('lets one of two simultaneous answers through', async () => {
    const { sca } = await opened();
    bank.before = (call) => new Promise((resolve) => setTimeout(resolve, call === 'answer' ? 100 : 0));
    const both = await Promise.all([refusalOf(answer(sca, password)), refusalOf(answer(sca, password))]);
    expect(both.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(['answered', 'conflict']);
    expect(bank.count('answer')).toBe(1);
  });

  it('can be repeated after the bank was away', async () => {
    const { sca } = await opened();
    bank.faults.set('answer', { kind: 'unavailable' });
    await expect(answer(sca, password)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await answer(sca, password)).toMatchObject({ nextStep: { type: 'challenge' } });
  });

  it('never leaves what the PSU entered, or the state of the callback, in the database', async () => {
    const { sca, state } = await opened();
    await answer(sca, password);
    await answer(sca, { type: 'challenge', code: '777777' });
    const tables = await banking.database.query<{ name: string }[]>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    for (const { name } of tables) {
      const stored = JSON.stringify(await banking.database.query<unknown[]>(`SELECT * FROM "${name}"`));
      for (const secret of ['canary-password', '777777', state]) expect(stored).not.toContain(secret);
    }
    expect(tables.length).toBeGreaterThan(10);
  });

  it('does not exist for another app', async () => {
    const { sca } = await opened();
    const stranger = 'app_01KAHX5V4Q0N6W2T8B7C9D3E5F';
    expect(await refusalOf(authorisations.view(stranger, sca))).toBe('not_found');
    expect(await refusalOf(authorisations.answer(stranger, sca, password, context))).toBe('not_found');
  });
});

describe('the way back of a PSU', () => {
  it('leads to the app with what the bank says, not with what the browser says', async () => {
    const { id, state } = await opened('redirect');
    const { redirectTo } = await authorisations.complete('spec', state, { state, status: 'rejected' }, context);
    const url = new URL(redirectTo);
    expect(`${url.origin}${url.pathname}`).toBe(banking.redirectUri);
    expect(Object.fromEntries(url.searchParams)).toEqual({ consentId: id, status: 'authorised', state: 'a&b=c' });
  });

  /** 20 browsers at once with one state. */
  async function race(): Promise<unknown[]> {
    const { state } = await opened('oauth');
    return Promise.all(
      Array.from({ length: 20 }, () =>
        refusalOf(authorisations.complete('spec', state, { state, code: 'c' }, context)),
      ),
    );
  }

  it('is open once, for 20 at once', async () => {
    const outcomes = await race();
    expect(bank.count('complete')).toBe(1);
    expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'used')).toHaveLength(19);
  });

  it('would be open more often if a used state were not looked for (negative control)', async () => {
    const query = banking.database.query.bind(banking.database);
    jest
      .spyOn(banking.database, 'query')
      .mockImplementation((sql, ...rest) => query(sql.replace('AND used_at IS NULL', ''), ...rest));
    await race();
    expect(bank.count('complete')).toBeGreaterThan(1);
  });

  it('is closed to a state that is unknown, expired, or another provider’s', async () => {
    const { state } = await opened('redirect');
    expect(await refusalOf(authorisations.complete('spec', 'x'.repeat(43), {}, context))).toBe('unknown');
    expect(await refusalOf(authorisations.complete('tribe', state, {}, context))).toBe('unknown');
    await banking.database.query('UPDATE callbacks SET expires_at = now()');
    expect(await refusalOf(authorisations.complete('spec', state, {}, context))).toBe('expired');
    expect(bank.count('complete')).toBe(0);
  });

  it('is forgotten a day after its end, used or not', async () => {
    const [lately, longAgo, used] = [await opened('redirect'), await opened('redirect'), await opened('redirect')];
    await authorisations.complete('spec', used.state, { state: used.state }, context);
    await banking.database.query(`UPDATE callbacks SET expires_at = now() - interval '1 hour'`);
    await banking.database.query(
      `UPDATE callbacks SET expires_at = now() - interval '25 hours' WHERE authorisation_id = ANY($1)`,
      [[longAgo.sca, used.sca]],
    );
    const callbacks = banking.get(Callbacks);
    expect([await callbacks.forgetOld(1), await callbacks.forgetOld(500)]).toEqual([1, 1]);
    expect(await refusalOf(authorisations.complete('spec', lately.state, {}, context))).toBe('expired');
    for (const { state } of [longAgo, used]) {
      expect(await refusalOf(authorisations.complete('spec', state, {}, context))).toBe('unknown');
    }
  });

  it('leads to the app also when the bank is away; the worker finds out', async () => {
    const { id, sca, state } = await opened('redirect');
    bank.faults.set('complete', { kind: 'unavailable' });
    const { redirectTo } = await authorisations.complete('spec', state, { state }, context);
    expect(new URL(redirectTo).searchParams.get('status')).toBe('awaitingAuthorisation');
    bank.authorise();
    expect(await authorisations.claimDue(banking.connectionId, 500)).toContain(sca);
    await authorisations.poll(sca, context);
    expect(await status(id)).toBe('authorised');
  });

  it('tells the app that the PSU refused', async () => {
    const { state } = await opened('redirect');
    const { redirectTo } = await authorisations.complete('spec', state, { state, error: 'access_denied' }, context);
    expect(new URL(redirectTo).searchParams.get('status')).toBe('rejected');
  });

  // Without `askNewest` the app hears `awaitingAuthorisation`, and its PSU is sent to the bank a second time.
  it('of an earlier SCA has the bank asked about the one that is under way', async () => {
    const { id, state } = await opened('redirect');
    await consents.authorise(banking.appId, id, {}, context);
    bank.authorise();
    const { redirectTo } = await authorisations.complete('spec', state, { state }, context);
    expect(new URL(redirectTo).searchParams.get('status')).toBe('authorised');
  });

  it('still leads to the app when the worker was faster', async () => {
    const { id, sca, state } = await opened('redirect');
    bank.authorise();
    await authorisations.poll(sca, context);
    expect(await status(id)).toBe('authorised');
    const { redirectTo } = await authorisations.complete('spec', state, { state }, context);
    expect(new URL(redirectTo).searchParams.get('status')).toBe('authorised');
    expect(bank.count('complete')).toBe(0);
  });
});

describe('an SCA that runs without us', () => {
  const due = async (sca: string) => {
    const [row] = await banking.database.query<{ next_poll_at: Date | null; polls: number }[]>(
      'SELECT next_poll_at, polls FROM authorisations WHERE id = $1',
      [sca],
    );
    return row;
  };

  it('is asked about until it is over and its consent has followed', async () => {
    const { id, sca } = await opened('decoupled');
    await authorisations.poll(sca, context);
    expect(await due(sca)).toMatchObject({ polls: 1, next_poll_at: expect.any(Date) });
    bank.authorise();
    // The SCA is over, but the bank does not answer about the consent.
    bank.faults.set('readConsent', { kind: 'unavailable' });
    await authorisations.poll(sca, context);
    expect(await status(id)).toBe('awaitingAuthorisation');
    expect(await due(sca)).toMatchObject({ next_poll_at: expect.any(Date) });
    await authorisations.poll(sca, context);
    expect(await status(id)).toBe('authorised');
    expect(await due(sca)).toMatchObject({ next_poll_at: null });
  });

  it('is given to one worker at a time', async () => {
    const { sca } = await opened('decoupled');
    await banking.database.query('UPDATE authorisations SET next_poll_at = now() WHERE id = $1', [sca]);
    const claims = await Promise.all([1, 2, 3].map(() => authorisations.claimDue(banking.connectionId, 500)));
    expect(claims.flat().filter((id) => id === sca)).toHaveLength(1);
  });

  it('is given up after its time, and the consent with it', async () => {
    const { id, sca } = await opened('redirect');
    await banking.database.query('UPDATE authorisations SET expires_at = now() WHERE id = $1', [sca]);
    await authorisations.poll(sca, context);
    expect(await status(id)).toBe('failed');
    expect(await due(sca)).toMatchObject({ next_poll_at: null });
  });

  it('is not asked about while the app has to answer', async () => {
    const { sca } = await opened('embedded');
    const [row] = await banking.database.query<{ lapse: boolean }[]>(
      'SELECT next_poll_at = expires_at AS lapse FROM authorisations WHERE id = $1',
      [sca],
    );
    expect(row).toEqual({ lapse: true });
  });
});

describe('an answer of which nobody wrote down what came of it', () => {
  const dueIn = async (id: string): Promise<number> => {
    const [row] = await banking.database.query<{ seconds: number }[]>(
      'SELECT extract(epoch FROM next_poll_at - now())::float8 AS seconds FROM authorisations WHERE id = $1',
      [id],
    );
    return row?.seconds ?? Number.NaN;
  };

  /* Negative control, carried out once: without next_poll_at in claimAnswer and releaseAnswer it is due in a day. */
  it('is asked about by the worker: an embedded SCA does not wait for an app that knows the old step only', async () => {
    const { sca } = await opened();
    expect(await dueIn(sca)).toBeGreaterThan(3_600);
    const port = bank.provider.authorisation;
    if (!port) throw new Error('the bank of this spec has an SCA');
    jest.spyOn(port, 'answer').mockRejectedValueOnce(new Error('the process dies here'));
    await expect(answer(sca, password)).rejects.toThrow('dies here');
    expect(await dueIn(sca)).toBeLessThanOrEqual(0);
  });

  async function lost() {
    const opening = await opened();
    const port = bank.provider.authorisation;
    if (!port) throw new Error('the bank of this spec has an SCA');
    jest.spyOn(port, 'answer').mockRejectedValueOnce(new Error('the process dies here'));
    await expect(answer(opening.sca, password)).rejects.toThrow('dies here');
    bank.stepLost = true;
    return opening;
  }

  /* Negative control, carried out once: where `standing` takes the old step for the answer, nothing is begun and all three fail. */
  it.each([
    ['the worker', (sca: string) => authorisations.poll(sca, context)],
    ['an empty step', (sca: string) => answer(sca, { type: 'ask' })],
  ])('begins its SCA anew, by %s, and asks the bank for nothing else', async (_, ask) => {
    const { id, sca } = await lost();
    await ask(sca);
    expect([bank.count('start'), bank.count('createConsent')]).toEqual([2, 1]);
    expect((await authorisations.view(banking.appId, sca)).nextStep).toMatchObject({ type: 'credentials' });
    await answer(sca, password);
    expect(await answer(sca, { type: 'challenge', code: '123456' })).toMatchObject({ scaStatus: 'finalised' });
    expect(await status(id)).toBe('authorised');
  });

  it('stays as it is while the bank does not begin another', async () => {
    const { sca } = await lost();
    bank.faults.set('start', { kind: 'unavailable' });
    await authorisations.poll(sca, context);
    expect((await authorisations.view(banking.appId, sca)).nextStep).toMatchObject({ type: 'credentials' });
    await authorisations.poll(sca, context);
    expect(bank.count('start')).toBe(3);
  });
});

describe('a return of which nobody wrote down what came of it', () => {
  const leaseEnds = () =>
    banking.database.query(
      `UPDATE authorisations SET answering_until = answering_until - interval '121 seconds',
                                 next_poll_at = next_poll_at - interval '121 seconds'
       WHERE answering_until IS NOT NULL`,
    );
  const due = (sca: string) =>
    authorisations.claimDue(banking.connectionId, 500).then((claimed) => claimed.includes(sca));

  /** The process dies before it has written anything down; what came after the bank's answer was never done. */
  async function died() {
    const opening = await opened('redirect');
    bank.codeOnce = true;
    await banking.get(Callbacks).use('spec', opening.state);
    return opening;
  }

  // Negative control, carried out once: where `use` reserves nothing, the worker asks at once, and this and the next one fail.
  it('is left alone while somebody can still be at it', async () => {
    const { sca } = await died();
    await banking.database.query('UPDATE authorisations SET next_poll_at = now()');
    expect(await due(sca)).toBe(false);
    expect(await authorisations.dueConnections()).not.toContain(banking.connectionId);
    await authorisations.poll(sca, context);
    expect(bank.count('status')).toBe(0);
  });

  // Negative control, carried out once: where `standing` does not say `interrupted`, nothing is begun, and the PSU has no way.
  it('has the SCA begin anew afterwards', async () => {
    const { id, sca, state } = await died();
    await leaseEnds();
    expect(await due(sca)).toBe(true);
    await authorisations.poll(sca, context);
    expect(bank.count('start')).toBe(2);
    expect((await authorisations.view(banking.appId, sca)).nextStep).toMatchObject({ type: 'redirect' });
    expect(await refusalOf(authorisations.complete('spec', state, { state }, context))).toBe('used');
    const next = bank.seenStates.at(-1) ?? '';
    const { redirectTo } = await authorisations.complete('spec', next, { state: next }, context);
    expect(new URL(redirectTo).searchParams.get('status')).toBe('authorised');
    expect(await status(id)).toBe('authorised');
  });

  it('is asked about at once where the process lived and the database did not', async () => {
    const { sca, state } = await opened('redirect');
    bank.codeOnce = true;
    const port = bank.provider.authorisation;
    if (!port) throw new Error('the bank of this spec has an SCA');
    jest.spyOn(port, 'complete').mockRejectedValueOnce(new Error('the connection was lost'));
    await authorisations.complete('spec', state, { state }, context);
    expect(await due(sca)).toBe(true);
    await authorisations.poll(sca, context);
    expect(bank.count('start')).toBe(2);
  });

  // Negative control, carried out once: with `least(answering_until, now())` alone, which leaves NULL out, it is begun anew.
  it('is no lost return where somebody has written down since how it stands', async () => {
    const { sca, state } = await opened('redirect');
    bank.codeOnce = true;
    const port = bank.provider.authorisation;
    if (!port) throw new Error('the bank of this spec has an SCA');
    jest.spyOn(port, 'complete').mockImplementationOnce(async () => {
      await banking.database.query('UPDATE authorisations SET answering_until = NULL WHERE id = $1', [sca]);
      throw new Error('the connection was lost');
    });
    await authorisations.complete('spec', state, { state }, context);
    await authorisations.poll(sca, context);
    expect([bank.count('status'), bank.count('start')]).toEqual([1, 1]);
  });

  it('is no lost return where the bank was asked and did not answer', async () => {
    const { sca, state } = await opened('redirect');
    bank.codeOnce = true;
    bank.faults.set('complete', { kind: 'unavailable' });
    await authorisations.complete('spec', state, { state }, context);
    await authorisations.poll(sca, context);
    expect([bank.count('status'), bank.count('start')]).toEqual([1, 1]);
  });
});
