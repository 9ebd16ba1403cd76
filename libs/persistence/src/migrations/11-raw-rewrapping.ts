import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The timeline stays append-only, but the key that seals its raw words can be changed: an update that touches nothing but
 * the wrapped data key of `raw_envelope` (its second and third part) passes.
 */
export class RawRewrapping1790000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER append_only ON payment_observations');
    await runner.query(
      `CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON payment_observations EXECUTE FUNCTION refuse_change()`,
    );
    await runner.query(`
      CREATE FUNCTION allow_rewrapping() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE as_before payment_observations := NEW;
      BEGIN
        as_before.raw_envelope := OLD.raw_envelope;
        IF as_before IS DISTINCT FROM OLD
           OR split_part(NEW.raw_envelope, '.', 4) IS DISTINCT FROM split_part(OLD.raw_envelope, '.', 4) THEN
          RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
        END IF;
        RETURN NEW;
      END $$`);
    await runner.query(
      `CREATE TRIGGER rewrapping_only BEFORE UPDATE ON payment_observations FOR EACH ROW EXECUTE FUNCTION allow_rewrapping()`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER rewrapping_only ON payment_observations');
    await runner.query('DROP FUNCTION allow_rewrapping()');
    await runner.query('DROP TRIGGER append_only ON payment_observations');
    await runner.query(
      `CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_observations EXECUTE FUNCTION refuse_change()`,
    );
  }
}
