/** `npm run demo`: a whole installation for a moment, the main job over HTTP, a table of what happened. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connectApi } from '../api-client.js';
import { ourBank } from '../our-bank.js';
import { seed } from '../seed.js';
import { type Stack, startStack } from '../stack.js';
import { stopOnSignals } from '../stop-signals.js';
import { AppClient } from './app-client.js';
import { type DemoWorld, findInstitution, redirectUri } from './demo-world.js';
import { MockBank } from './mock-bank.js';
import { OurBank } from './our-bank.js';
import { Story } from './report.js';
import { accountAccess } from './stories/account-access.js';
import { beingTheBank } from './stories/being-the-bank.js';
import { bulkPayment } from './stories/bulk-payment.js';
import { cancellation } from './stories/cancellation.js';
import { cardAccounts } from './stories/card-accounts.js';
import { fundsConfirmation } from './stories/funds.js';
import { payment } from './stories/payment.js';
import { recurringPayment } from './stories/recurring-payment.js';
import { revocation } from './stories/revocation.js';
import { statementFormat } from './stories/statement-format.js';
import { overTellConnect } from './stories/over-tell-connect.js';
import { overTokenIo } from './stories/over-token-io.js';
import { overTribe } from './stories/over-tribe.js';
import { twoSigners } from './stories/two-signers.js';
import { TellBank } from './tell-bank.js';
import { TokenHub } from './token-hub.js';
import { TribeHub } from './tribe-hub.js';

const begun = performance.now();
const print = (line: string): void => console.log(line);
const say = (line: string): void =>
  print(`[${((performance.now() - begun) / 1_000).toFixed(1).padStart(5)} s] ${line}`);

const signals = stopOnSignals(say);
const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-demo-'));
// mkdtemp makes it 0700; as root, PostgreSQL runs as another user who must get in.
fs.chmodSync(dataDir, 0o755);
let stack: Stack | undefined;
let failure: Error | undefined;
try {
  stack = await startStack({
    dataDir,
    env: { LOG_LEVEL: 'warn' },
    restartCrashed: false,
    log: say,
    signal: signals.aborted,
  });
  await tell(stack);
} catch (error) {
  failure = error instanceof Error ? error : new Error(String(error));
}
await cleanUp();
if (failure !== undefined) {
  print(`\nThe demo failed: ${failure.message}`);
  process.exit(signals.aborted.aborted ? 130 : 1);
}
print('');
say('Everything was as expected. "npm start" leaves an installation running.');
process.exit(0);

async function tell(running: Stack): Promise<void> {
  say('Making a demo app and a connection to the simulated bank');
  const demo = await seed(running, dataDir, [redirectUri]);
  const app = await AppClient.connect(running.apiUrl, demo);
  const world: DemoWorld = {
    app,
    bank: new MockBank(running.sandboxUrl),
    institutionId: await findInstitution(app, 'xs2a', 'MockBank'),
    apiUrl: running.publicUrl,
    story: (title) => {
      signals.aborted.throwIfAborted();
      return new Story(title, print);
    },
  };
  await accountAccess(world, 'anna.embedded', 'embedded');
  await accountAccess(world, 'bruno.redirect', 'redirect');
  await accountAccess(world, 'clara.decoupled', 'decoupled');
  await accountAccess(world, 'david.oauth', 'oauth');
  await cardAccounts(world);
  await statementFormat(world, { username: 'mona.camt', format: 'camt.053', begins: '<' });
  await statementFormat(world, { username: 'nils.mt940', format: 'MT940', begins: ':61:' });
  await payment(world, { username: 'bruno.redirect', approach: 'redirect', amount: '12.34', end: 'ACSC' });
  await payment(world, { username: 'hugo.poor', approach: 'embedded', amount: '250.00', end: 'RJCT' });
  await bulkPayment(world);
  await recurringPayment(world);
  await cancellation(world);
  await twoSigners(world);
  await revocation(world);
  await fundsConfirmation(world);
  await overTellConnect({
    ...world,
    bank: new TellBank(running.sandboxUrl),
    institutionId: await findInstitution(app, 'tell-connect', 'Pockit'),
  });
  await overTokenIo(
    {
      ...world,
      bank: new TokenHub(running.sandboxUrl, 'mock-one-step'),
      institutionId: await findInstitution(app, 'token-io', 'Mock Bank (one step)'),
    },
    await connectApi(running.apiUrl, running.admin),
    demo.connections['token-io'] ?? '',
  );
  await overTribe({
    ...world,
    bank: new TribeHub(running.sandboxUrl),
    institutionId: await findInstitution(app, 'tribe', 'Amber Bank'),
  });
  const bank = await OurBank.enter(running.apiUrl, demo.bank);
  await beingTheBank({ ...world, bank, institutionId: await findInstitution(app, 'tribe', ourBank.name) });
}

async function cleanUp(): Promise<void> {
  say('Stopping everything and removing the demo data');
  const home = stack?.databaseHome;
  await stack?.stop();
  if (failure !== undefined && !signals.aborted.aborted) {
    say(`The logs are kept in ${path.join(dataDir, 'logs')}`);
    return;
  }
  for (const each of new Set([home, dataDir])) if (each) fs.rmSync(each, { recursive: true, force: true });
}
