import fs from 'node:fs';
import path from 'node:path';

/** The JSON in a file, or `undefined` when there is no such file. */
export function readJson(file: string): unknown {
  if (!fs.existsSync(file)) return undefined;
  const text = fs.readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON. Repair or remove it.`, { cause: error });
  }
}

/** Writes a file that only we may read. It is replaced in one step, so a crash leaves the old or the new one. */
export function writePrivateJson(file: string, value: unknown): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.new`;
  fs.writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  fs.renameSync(draft, file);
}
