import type { DataSource } from 'typeorm';
import { Refusal } from '../refusal.js';

/**
 * A PSU is sent back only to where the app said beforehand: compared character by character (RFC 9700 section 4.1.3), since
 * every looser comparison has been an open redirect somewhere.
 */
export async function requireRedirectUri(database: DataSource, appId: string, redirectUri: string): Promise<void> {
  const rows = await database.query<unknown[]>('SELECT 1 FROM apps WHERE id = $1 AND $2 = ANY(redirect_uris)', [
    appId,
    redirectUri,
  ]);
  if (rows.length > 0) return;
  throw new Refusal('redirect_uri_not_registered', 'Register this redirect URI with the app first.', {
    errors: [
      {
        pointer: '/redirectUri',
        code: 'redirect_uri_not_registered',
        message: 'must equal a registered redirect URI, character by character',
      },
    ],
  });
}
