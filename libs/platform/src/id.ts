import { randomInt } from 'node:crypto';
import { monotonicFactory } from 'ulid';

/** 26 characters of Crockford's base 32; 48 bits of time limit the first one to 7 (ULID specification, "Overflow Errors"). */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** A digit of base 32 at a time. The library's own makes a call for every single one; Node keeps a stock of them. */
const nextUlid = monotonicFactory(() => randomInt(32) / 32);

/**
 * A new identifier such as `pay_01KAHX5V4Q0N6W2T8B7C9D3E5F`: a prefix that says what it names, and a ULID.
 *
 * Ids sort by the time they were made, also within one millisecond of one process. They are names, not secrets: the next
 * one can be guessed, so access is never granted because somebody knows an id.
 */
export function newId(prefix: string): string {
  return `${prefix}_${nextUlid()}`;
}

/** Whether `text` is written as `newId(prefix)` writes an id. It says nothing about whether such a thing exists. */
export function isId(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && ULID.test(text.slice(prefix.length + 1));
}
