/** `npm run chaos`: kills processes while payments are made, and compares the bank's books with ours. One line of JSON. */
import { readOptions, usage } from './options.js';
import { prove } from './proof.js';

let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exit(2);
}
// The children end with this process, and so does PostgreSQL.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const report = await prove(options);
console.log(JSON.stringify(report));
process.exit(report.ok ? 0 : 1);
