import { readFileSync } from 'node:fs';

/** A PEM text of `fixtures/certificates`. */
export function pem(name: string): string {
  return readFileSync(new URL(`fixtures/certificates/${name}.pem`, import.meta.url), 'utf8');
}
