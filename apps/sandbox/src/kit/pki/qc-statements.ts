/** Roles of a payment service provider (ETSI TS 119 495, section 5.1): account servicing, initiation, information, card issuing. */
export const PSD2_ROLES = ['PSP_AS', 'PSP_PI', 'PSP_AI', 'PSP_IC'] as const;
export type Psd2Role = (typeof PSD2_ROLES)[number];

/** Extension id-pe-qcStatements (RFC 3739). */
export const QC_STATEMENTS = '1.3.6.1.5.5.7.1.3';
/** DER of etsi-psd2-qcStatement, 0.4.0.19495.2. */
const PSD2_STATEMENT = [0x06, 0x06, 0x04, 0x00, 0x81, 0x98, 0x27, 0x02];
/** DER of 0.4.0.19495.1; the last arc, 1 to 4, names the role. */
const ROLE_PREFIX = [0x06, 0x07, 0x04, 0x00, 0x81, 0x98, 0x27, 0x01];

/**
 * The value of the extension (ETSI TS 119 495, annex A): the PSD2 statement with roles, name and id of the competent
 * authority.
 */
export function encodeQcStatements(roles: readonly Psd2Role[]): Uint8Array {
  const role = (name: Psd2Role) => sequence([...ROLE_PREFIX, PSD2_ROLES.indexOf(name) + 1, ...utf8(name)]);
  const info = sequence([...sequence(roles.flatMap(role)), ...utf8('Sandbox Supervisor'), ...utf8('DE-BAFIN')]);
  return Uint8Array.from(sequence(sequence([...PSD2_STATEMENT, ...info])));
}

/** The roles in the value of the extension. */
export function rolesIn(value: Uint8Array): Psd2Role[] {
  const bytes = Buffer.from(value);
  return PSD2_ROLES.filter((_, index) => bytes.includes(Buffer.from([...ROLE_PREFIX, index + 1])));
}

function sequence(content: readonly number[]): number[] {
  return [0x30, ...length(content.length), ...content];
}

function utf8(text: string): number[] {
  const content = [...Buffer.from(text, 'utf8')];
  return [0x0c, ...length(content.length), ...content];
}

/** DER length: one octet up to 127, else the number of octets and then these. */
function length(count: number): number[] {
  if (count < 0x80) {
    return [count];
  }
  return count < 0x100 ? [0x81, count] : [0x82, count >> 8, count & 0xff];
}
