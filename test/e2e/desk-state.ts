import { randomUUID } from 'node:crypto';
import { CustomerBrowser, type HeldBank } from './held-bank.js';
import type { TribeHub } from './tribe-hub.js';
import type { World } from './world.js';

const tables = [
  'payments',
  'payment_statuses',
  'requests',
  'sessions',
  'authorisations',
  'reports',
  'accounts',
  'transactions',
] as const;

/**
 * Everything at a bank that a hub's request could change.
 * @param except what it may: a refusal of a proven request is remembered
 */
export async function deskState(world: World, except: readonly (typeof tables)[number][] = []): Promise<unknown> {
  const rows = await Promise.all(
    tables
      .filter((table) => !except.includes(table))
      .map((table) =>
        world.query(`SELECT md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) AS rows FROM bank_${table} r`),
      ),
  );
  const tokens = await world.query('SELECT id, spent_at, revoked_at FROM bank_tokens ORDER BY id');
  const events = await world.query(`SELECT count(*) AS n FROM outbox`);
  return [rows, tokens, events];
}

/** A consent by the hosted page. @returns the hub's token for it */
export async function grantToken(
  hub: TribeHub,
  bank: HeldBank,
  { clientId, redirectUri }: { readonly clientId: string; readonly redirectUri: string },
  { psuId, scope, accounts }: { readonly psuId: string; readonly scope: string; readonly accounts: readonly string[] },
): Promise<string> {
  const query = {
    bank: bank.identifier,
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    state: randomUUID(),
    scope,
  };
  const url = `${hub.address}/oauth/authorize?${new URLSearchParams(query).toString()}`;
  const browser = new CustomerBrowser();
  const login = await browser.open(url, redirectUri);
  const page = await browser.send(login, { act: 'login', username: psuId, code: '123456' }, redirectUri);
  const end = await browser.send(page, { act: 'approve', account: accounts }, redirectUri);
  expect(end.url).toMatch(/[?&]code=[^&]+/);
  const [newest] = await bank.tokens();
  return newest?.accessToken ?? '';
}
