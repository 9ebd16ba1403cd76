/** NUL, and halves of surrogate pairs that stand alone: legal in a JSON text, refused by PostgreSQL (`text` and `jsonb` alike). */
const unstorable = /\0|\p{Surrogate}/u;
const everyUnstorable = /\0|\p{Surrogate}/gu;

/**
 * A text of an upstream as every part behind us can hold it: what is no character becomes U+FFFD, so that one broken name loses
 * neither the row nor the payment that it belongs to. The one place where this is done; every decoder of the kit goes through it.
 */
export function storable(text: string): string {
  return unstorable.test(text) ? text.replaceAll(everyUnstorable, '\u{FFFD}') : text;
}
