// PEM texts parsed while requests run: none. A connection that holds a client certificate and, where this build signs, a signing key.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { benchDir } from '../processes.mjs';
import { goal } from '../samples.mjs';
import { balanceReads } from './get.mjs';
import { signingBank } from '../world.mjs';
import { initiation } from './payment.mjs';

export const name = 'keys';

export async function run(world, { quick, say }) {
  const file = path.join(world.dir, 'pem-count');
  const hook = ['--import', path.join(benchDir, 'pem-counter.mjs')];
  const { child, url } = await world.startApi({ execArgv: hook, env: { PEM_COUNT_FILE: file } });
  const parsed = async () => {
    fs.rmSync(file, { force: true });
    child.process.kill('SIGUSR2');
    while (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') === '') await pause(10);
    return Number(fs.readFileSync(file, 'utf8'));
  };
  try {
    const token = await world.token(url);
    const load = (measureMs) => {
      const reads = { name: 'reads', origin: url, connections: 20, requests: balanceReads(world, token) };
      const requests = [initiation(token, world.institutions[signingBank])];
      const payments = { name: 'payments', origin: url, connections: 5, requests, expectStatus: 201 };
      return world.load({ groups: [reads, payments], warmUpMs: 0, measureMs });
    };
    await load(1_000);
    const before = await parsed();
    const groups = await load(quick ? 1_500 : 5_000);
    const total = groups.reduce((sum, group) => sum + group.total, 0);
    const more = (await parsed()) - before;
    say(`${before} PEM texts parsed before, ${more} more during ${total} requests`);
    return {
      raw: { before, more, total },
      goals: [
        goal({
          name: 'PEM texts parsed per request',
          ratios: [more / total],
          must: { atMost: 0 },
          note: world.keys ? '' : 'no connection had a key: openssl is not installed.',
        }),
      ],
    };
  } finally {
    await child.stop();
  }
}
