/** `npm start`: a whole installation on this machine, until Ctrl-C. */
import fs from 'node:fs';
import path from 'node:path';
import { loadSettings } from '@tributary/platform';
import { givenSettings } from './environment.js';
import { consentPageUrl, ourBank } from './our-bank.js';
import { projectRoot } from './project-root.js';
import { seed } from './seed.js';
import { type Stack, startStack } from './stack.js';
import { type StopSignals, stopOnSignals } from './stop-signals.js';

/** Seconds count from the start of the process, which may have installed and compiled before. */
function say(line: string): void {
  console.log(`[${(performance.now() / 1000).toFixed(1).padStart(5)} s] ${line}`);
}

async function main(signals: StopSignals): Promise<void> {
  const envFile = path.join(projectRoot(), '.env');
  if (fs.existsSync(envFile)) process.loadEnvFile(envFile);
  const settings = loadSettings();
  const production = settings.nodeEnv === 'production';

  const stack = await startStack({
    dataDir: settings.dataDir,
    ports: { api: settings.port, worker: settings.workerPort, sandbox: settings.sandboxPort },
    ...(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : {}),
    ...(settings.redisUrl ? { redisUrl: settings.redisUrl } : {}),
    env: givenSettings(),
    sandbox: !production,
    restartCrashed: true,
    log: say,
    signal: signals.aborted,
  });
  printPlaces(stack);
  try {
    if (!production) await printDemo(stack, settings.dataDir);
  } catch (error) {
    await stack.stop();
    throw error;
  }
  signals.stopWith((force) => stack.stop(force));
  say('Ready. Ctrl-C stops everything.');
}

function printPlaces({ admin, ...stack }: Stack): void {
  const lines = [
    ['API', `${stack.publicUrl}/v1`],
    ['API documentation', `${stack.publicUrl}/docs`],
    ...(stack.sandboxUrl ? [['Simulated banks', stack.sandboxUrl]] : []),
    ['Worker health', `${stack.workerUrl}/health/ready`],
    ['Logs', stack.logDir],
    ...(stack.databaseHome ? [['Database files', stack.databaseHome]] : []),
    ['Admin client id', admin.clientId],
    ['Admin client secret', secretLine(admin.generated, admin.clientSecret, admin.file)],
  ];
  printTable(lines);
}

async function printDemo(stack: Stack, dataDir: string): Promise<void> {
  say('Making the demo app and its connections');
  const demo = await seed(stack, path.resolve(dataDir));
  printTable([
    ['Demo client id', demo.clientId],
    ['Demo client secret', secretLine(demo.fresh, demo.clientSecret, demo.file)],
    ['Our bank', `${ourBank.name}: log in as ${ourBank.customer} with the code ${ourBank.code}`],
    ['Its consent page', consentPageUrl(stack)],
    ...Object.entries(demo.connections).map(([provider, id]) => [`Connection ${provider}`, id]),
  ]);
}

/** A secret is printed when it was made; later starts say where it is kept. */
function secretLine(fresh: boolean, secret: string, file: string | undefined): string {
  if (fresh) return `${secret} (kept in ${file})`;
  return file ? `in ${file}` : 'from your settings';
}

function printTable(rows: readonly (readonly string[])[]): void {
  console.log(rows.map(([name = '', value = '']) => `          ${name.padEnd(20)} ${value}`).join('\n'));
}

const signals = stopOnSignals(say);
try {
  await main(signals);
} catch (error) {
  if (signals.aborted.aborted) say('Stopped');
  else console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(signals.aborted.aborted ? 0 : 1);
}
