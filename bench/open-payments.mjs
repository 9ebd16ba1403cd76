// Open payments by the hundred thousand: copies of payments that the product itself made and followed once. What is sealed to a row
// is opened and sealed again for the copy when it comes due; nothing else of a row is known here.
import { randomBytes } from 'node:crypto';
import { Vault } from '../dist/libs/platform/src/index.js';
import { initiation } from './rows/payment.mjs';
import { caller } from './world.mjs';

/** Banks that the payments are spread over. */
export const spread = 5;
/** The columns that differ from copy to copy, or say when. */
const own = [
  'id',
  'idempotency_key',
  'reference',
  'continuation_envelope',
  'answer_envelope',
  'authorisation_id',
  'polls',
];
const times = ['created_at', 'updated_at', 'sent_at', 'next_poll_at'];

export class OpenPayments {
  // Beyond all numbers that the bank has given to payments of its own.
  #serial = 1_000_000_000;

  constructor(world) {
    this.world = world;
    this.vault = Vault.open({ key: world.vaultKey });
  }

  /** The originals: one per bank, initiated and asked about over the API. */
  async prepare() {
    const { world } = this;
    const { child, url } = await world.startApi();
    try {
      const token = await world.token(url);
      const call = caller(url);
      const context = { 'psu-ip-address': '192.0.2.17' };
      const ids = [];
      for (const institutionId of world.institutions.slice(0, spread)) {
        const { path, body } = initiation(token, institutionId);
        const headers = { ...context, 'idempotency-key': randomBytes(8).toString('hex') };
        const { id } = await call('POST', path, token, JSON.parse(body), headers);
        const { isoStatus } = await call('GET', `/v1/payments/${id}`, token, undefined, context);
        if (isoStatus !== 'ACSP') throw new Error(`the original payment ${id} is ${isoStatus}`);
        ids.push(id);
      }
      const { rows } = await world.database.query('SELECT * FROM payments WHERE id = ANY($1) ORDER BY id', [ids]);
      this.originals = rows;
      const { rows: names } = await world.database.query(
        `SELECT quote_ident(column_name) AS name FROM information_schema.columns
         WHERE table_name = 'payments' AND NOT column_name = ANY($1)`,
        [[...own, ...times]],
      );
      this.columns = names.map(({ name }) => name);
      // The originals, and the SCAs of everything so far, are no part of what is measured.
      await world.database.query('UPDATE payments SET next_poll_at = NULL');
      await world.database.query('UPDATE authorisations SET next_poll_at = NULL');
    } finally {
      await child.stop();
    }
  }

  /** Fills up to so many open payments. They are due some time later than any measurement takes, in no order. */
  async fillTo(size) {
    const { rows } = await this.world.database.query(
      'SELECT count(*) AS count FROM payments WHERE next_poll_at IS NOT NULL',
    );
    const missing = size - Number(rows[0].count);
    if (missing > 0) await this.#add(missing);
    // Those of earlier passes would come due in the middle of a later one.
    await this.world.database.query(
      `UPDATE payments SET next_poll_at = next_poll_at + interval '3 hours' WHERE next_poll_at < now() + interval '1 hour'`,
    );
    await this.world.database.query('VACUUM ANALYZE payments');
  }

  /** Made by the database. An envelope is as long as the original's, but opens nowhere: those that come due get their own. */
  async #add(count) {
    const from = this.#serial + 1;
    this.#serial += count;
    const kept = this.columns.map((name) => `original.${name}`).join(', ');
    await withoutTriggers(
      this.world.database,
      `INSERT INTO payments (${this.columns.join(', ')}, ${own.join(', ')}, ${times.join(', ')})
       SELECT ${kept}, copy.id, copy.id, 'p-' || n, original.continuation_envelope, NULL, NULL, 10, now() - interval '4 hours', now(),
              now() - interval '4 hours', now() + interval '3 hours' + random() * interval '30 minutes'
       FROM generate_series($1::int, $2::int) AS n
       CROSS JOIN LATERAL (SELECT 'pay_0' || lpad(n::text, 25, '0') AS id) AS copy
       JOIN payments AS original ON original.id = ($3::text[])[n % ${spread} + 1]`,
      [from, this.#serial, this.originals.map(({ id }) => id)],
    );
  }

  /** What the original holds, in the words of the copy, sealed for it. */
  #envelope(id, reference, connectionId) {
    const original = this.originals.find((one) => one.connection_id === connectionId);
    const place = (row) => ({ appId: original.app_id, table: 'payments', row, column: 'continuation_envelope' });
    const held = original.continuation_envelope;
    if (held === null) return null;
    const content = this.vault.unseal(held, place(original.id)).replaceAll(original.reference, reference);
    return this.vault.seal(content, place(id));
  }

  /** Makes so many of them due now. @returns how many */
  async makeDue(count) {
    const { rows } = await this.world.database.query(
      `SELECT id, reference, connection_id FROM payments WHERE next_poll_at IS NOT NULL ORDER BY updated_at, next_poll_at LIMIT $1`,
      [count],
    );
    const envelopes = rows.map(({ id, reference, connection_id: connection }) =>
      this.#envelope(id, reference, connection),
    );
    await this.world.database.query(
      `UPDATE payments SET next_poll_at = now(), continuation_envelope = copy.envelope
       FROM unnest($1::text[], $2::text[]) AS copy(id, envelope) WHERE payments.id = copy.id`,
      [rows.map(({ id }) => id), envelopes],
    );
    return rows.length;
  }
}

/** Rows that are only there to be many tell nobody of themselves: no entries in the audit log, no events. */
export async function withoutTriggers(database, text, values) {
  const client = await database.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(text, values);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    // Gone with its transaction: the next row gets another connection.
    client.release(true);
    throw error;
  }
}
