import path from 'node:path';
import { randomSecret } from '@tributary/platform';
import { readJson, writePrivateJson } from './private-file.js';

/** The credentials of the first administrator. */
export interface AdminClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How the credentials came about, so that they are printed once and later only located. */
export interface AdminClientFound extends AdminClient {
  /** The file they are kept in; `undefined` when they come from the environment. */
  readonly file?: string;
  /** True if this call generated them. */
  readonly generated: boolean;
}

/** From `ADMIN_CLIENT_ID` and `ADMIN_CLIENT_SECRET`, or `<dataDir>/admin.json`, made at the first start. */
export function findAdminClient(dataDir: string, env: Readonly<Record<string, string | undefined>>): AdminClientFound {
  const { ADMIN_CLIENT_ID: clientId, ADMIN_CLIENT_SECRET: clientSecret } = env;
  if (clientId && clientSecret) return { clientId, clientSecret, generated: false };
  const file = path.join(dataDir, 'admin.json');
  const kept = readJson(file);
  if (kept !== undefined) {
    if (!isAdminClient(kept)) throw new Error(`${file} does not hold clientId and clientSecret. Repair or remove it.`);
    return { ...kept, file, generated: false };
  }
  const made: AdminClient = { clientId: 'admin', clientSecret: randomSecret('adm') };
  writePrivateJson(file, made);
  return { ...made, file, generated: true };
}

function isAdminClient(value: unknown): value is AdminClient {
  return (
    typeof value === 'object' &&
    value !== null &&
    'clientId' in value &&
    typeof value.clientId === 'string' &&
    'clientSecret' in value &&
    typeof value.clientSecret === 'string'
  );
}
