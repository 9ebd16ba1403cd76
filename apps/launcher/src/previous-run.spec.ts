import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { claimDataFolder, forgetRun, recordRun, takeDataFolder } from './previous-run.js';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-run-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

// Negative control, carried out: with the record written over what is there, both starts had the folder.
it('is one launcher only, however many start at once', () => {
  expect([claimDataFolder(folder), claimDataFolder(folder)]).toEqual([true, false]);
  recordRun(folder, []);
  expect(claimDataFolder(folder)).toBe(false);
  forgetRun(folder);
  expect(claimDataFolder(folder)).toBe(true);
  expect(fs.readdirSync(folder)).toEqual(['processes.json']);
});

it('comes after one that was killed', async () => {
  const record = path.join(folder, 'processes.json');
  fs.writeFileSync(record, JSON.stringify({ launcher: '4194304 1', children: [] }));
  await takeDataFolder(folder, () => undefined);
  expect(JSON.parse(fs.readFileSync(record, 'utf8'))).toMatchObject({
    launcher: expect.stringMatching(`^${process.pid} `),
  });
});
