import { Shape, ShapeError } from '../kit/shape.js';
import type { ScaUpdate } from './authorisation.js';
import type { Bank } from './bank.js';
import { readPasswords } from './credentials.js';

/**
 * Reads the body of a start or an update; no body and `{}` are PSU identification.
 * @throws ShapeError naming the wrong field, TppError for parts that this bank does not take.
 */
export function readScaUpdate(bank: Bank, body: unknown): ScaUpdate {
  const shape = Shape.of(body ?? {});
  const { methodIdName } = bank.profile;
  const names = ['psuData', methodIdName, 'scaAuthenticationData', 'confirmationCode'];
  const given = names.filter((name) => shape.has(name));
  if (given.length > 1) {
    throw new ShapeError(given[1] ?? '', `must not stand next to ${given[0]}`);
  }
  switch (given[0] ?? '') {
    case 'psuData':
      return { kind: 'password', ...readPasswords(bank, shape.object('psuData')) };
    case methodIdName:
      return { kind: 'method', methodId: shape.text(methodIdName, { max: 35 }) };
    case 'scaAuthenticationData':
      return { kind: 'code', code: shape.text('scaAuthenticationData', { max: 100 }) };
    case 'confirmationCode':
      return { kind: 'confirmation', confirmationCode: shape.text('confirmationCode', { max: 200 }) };
    default:
      return { kind: 'identification' };
  }
}
