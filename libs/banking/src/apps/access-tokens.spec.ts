import type { Clock } from '@tributary/platform';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { Refusal } from '../refusal.js';
import { AccessTokens, tokenSeconds } from './access-tokens.js';
import { AppsService } from './apps.service.js';
import { Clients } from './clients.js';
import { FirstAdmin } from './first-admin.js';
import { SigningKeys } from './signing-keys.js';

let banking: TestBanking;
beforeEach(async () => {
  banking = await startBanking({ institutions: { list: () => Promise.resolve([]) }, close: () => Promise.resolve() });
});
afterEach(() => banking.stop());

async function client() {
  const { credential, clientSecret } = await banking.get(AppsService).addCredential(banking.appId);
  const found = await banking.get(Clients).authenticate(credential.clientId, clientSecret);
  if (!found) throw new Error('the new credential does not work');
  return found;
}

const refused = (attempt: Promise<unknown>) => expect(attempt).rejects.toThrow(Refusal);

describe('access tokens', () => {
  it('are good in every process that shares the database and the vault', async () => {
    const other = await banking.secondProcess();
    const who = await client();
    const [here, there] = [banking.get(AccessTokens), other.get(AccessTokens)];
    const token = await here.issue(who, ['accounts']);
    const principal = { appId: banking.appId, clientId: who.clientId, scopes: ['accounts'] };
    expect(await here.verify(token)).toEqual(principal);
    expect(await there.verify(token)).toEqual(principal);
    // From then on nobody has to be asked; for a token that was never seen somebody has.
    expect(here.recognise(token)).toEqual(principal);
    expect(here.recognise(await here.issue(who, ['accounts']))).toBeUndefined();
    await other.stop();
  });

  it('are signed by one key, though two processes start at once', async () => {
    const other = await banking.secondProcess();
    const keys = await Promise.all([banking.get(SigningKeys).current(), other.get(SigningKeys).current()]);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
    await other.stop();
  });

  it('end after 15 minutes, also where they were verified before', async () => {
    const tokens = banking.get(AccessTokens);
    const token = await tokens.issue(await client(), ['accounts']);
    await tokens.verify(token);
    const later = new Date(Date.now() + (tokenSeconds + 1) * 1_000);
    const clock: Clock = { now: () => later };
    expect(tokens.recognise(token)).toBeDefined();
    Object.assign(tokens, { clock });
    expect(tokens.recognise(token)).toBeUndefined();
    await refused(tokens.verify(token));
    const fresh = await banking.secondProcess();
    Object.assign(fresh.get(AccessTokens), { clock });
    await refused(fresh.get(AccessTokens).verify(token));
    await fresh.stop();
  });

  it('end within seconds in a process that does not hear of the revocation', async () => {
    const other = await banking.secondProcess();
    const who = await client();
    const token = await other.get(AccessTokens).issue(who, ['accounts']);
    const [here, there] = [banking.get(AccessTokens), other.get(AccessTokens)];
    await Promise.all([here.verify(token), there.verify(token)]);
    await banking.get(AppsService).revokeCredential(banking.appId, who.clientId);
    expect(here.recognise(token)).toBeUndefined();
    await refused(here.verify(token));
    let ended = false;
    for (let attempt = 0; attempt < 50 && !ended; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      ended = await there.verify(token).then(
        () => false,
        () => true,
      );
    }
    expect(ended).toBe(true);
    expect(there.recognise(token)).toBeUndefined();
    await other.stop();
  });
});

describe('the first administrator', () => {
  it('is made once, though two processes start at once', async () => {
    const other = await banking.secondProcess();
    const made = await Promise.all([banking.get(FirstAdmin).ensure(), other.get(FirstAdmin).ensure()]);
    const shown = made.filter((each) => each !== null);
    expect(shown).toHaveLength(1);
    const found = await banking.get(Clients).authenticate(shown[0]?.clientId ?? '', shown[0]?.clientSecret ?? '');
    expect(found?.scopes).toContain('admin');
    expect(await banking.get(FirstAdmin).ensure()).toBeNull();
    await other.stop();
  });

  it('follows the environment when its secret changes', async () => {
    const admin = banking.get(FirstAdmin);
    const settings = { adminClientId: 'root', adminClientSecret: 'first' };
    Object.assign(admin, { settings });
    await admin.ensure();
    settings.adminClientSecret = 'second';
    await admin.ensure();
    const clients = banking.get(Clients);
    expect(await clients.authenticate('root', 'first')).toBeNull();
    expect(await clients.authenticate('root', 'second')).toMatchObject({ clientId: 'root' });
  });
});
