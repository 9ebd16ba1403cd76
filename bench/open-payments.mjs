// Open payments by the hundred thousand: copies of payments that the product itself made and followed once. What is sealed to a row
// is opened and sealed again for the copy; nothing else of a row is known here.
import { randomBytes } from 'node:crypto';
import { newId, Vault } from '../dist/libs/platform/src/index.js';
import { initiation } from './rows/payment.mjs';
import { caller } from './world.mjs';

const batch = 5_000;
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
  #serial = 1_000_000;

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
    for (let missing = size - Number(rows[0].count); missing > 0; missing -= batch)
      await this.#add(Math.min(batch, missing));
    // Those of earlier passes would come due in the middle of a later one.
    await this.world.database.query(
      `UPDATE payments SET next_poll_at = next_poll_at + interval '3 hours' WHERE next_poll_at < now() + interval '1 hour'`,
    );
    await this.world.database.query('VACUUM ANALYZE payments');
  }

  async #add(count) {
    const copies = Array.from({ length: count }, () => {
      this.#serial += 1;
      const original = this.originals[this.#serial % spread];
      return this.#copy(original, `p-${this.#serial}`);
    });
    const kept = this.columns.map((name) => `original.${name}`).join(', ');
    await this.world.database.query(
      `INSERT INTO payments (${this.columns.join(', ')}, ${own.join(', ')}, ${times.join(', ')})
       SELECT ${kept}, copy.id, copy.id, copy.reference, copy.envelope, NULL, NULL, 10, now() - interval '4 hours', now(),
              now() - interval '4 hours', now() + interval '3 hours' + random() * interval '30 minutes'
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS copy(id, original, reference, envelope)
       JOIN payments AS original ON original.id = copy.original`,
      ['id', 'original', 'reference', 'envelope'].map((key) => copies.map((copy) => copy[key])),
    );
  }

  #copy(original, reference) {
    const id = newId('pay');
    const place = (row) => ({ appId: original.app_id, table: 'payments', row, column: 'continuation_envelope' });
    const held = original.continuation_envelope;
    const content = held && this.vault.unseal(held, place(original.id)).replaceAll(original.reference, reference);
    return { id, original: original.id, reference, envelope: content && this.vault.seal(content, place(id)) };
  }

  /** Makes so many of them due now. @returns how many */
  async makeDue(count) {
    const { rowCount } = await this.world.database.query(
      `UPDATE payments SET next_poll_at = now() WHERE id IN
         (SELECT id FROM payments WHERE next_poll_at IS NOT NULL ORDER BY updated_at, next_poll_at LIMIT $1)`,
      [count],
    );
    return rowCount;
  }
}
