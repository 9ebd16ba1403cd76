import { createHmac } from 'node:crypto';

/**
 * A reference for an upstream, derived from our id: the same after a crash or a restore, so that a repeated request is recognised
 * as the same one. Different connections give different references for the same id.
 * @param form length and alphabet that the upstream takes; at least 64 bits must fit
 */
export function deriveReference(
  connectionId: string,
  id: string,
  form: { readonly length: number; readonly alphabet: string },
): string {
  const { length, alphabet } = form;
  if (length * Math.log2(alphabet.length) < 64) throw new Error('a derived reference needs room for 64 bits');
  const size = BigInt(alphabet.length);
  let rest = BigInt(`0x${digest(connectionId, id, 'reference', Math.ceil(length / 8)).toString('hex')}`);
  let reference = '';
  while (reference.length < length) {
    reference += alphabet.charAt(Number(rest % size));
    rest /= size;
  }
  return reference;
}

/**
 * A UUID derived from our id and a purpose, for request ids that must be the same when the same thing is sent again. It has the
 * shape of version 4 (RFC 9562 section 5.4): version 8 would be the exact name, but validators at banks know only 1 to 5.
 */
export function deriveUuid(connectionId: string, id: string, purpose: string): string {
  const bytes = digest(connectionId, id, purpose, 1).subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** `blocks` x 32 bytes of HMAC-SHA256; the parts are framed, so that no two sets of parts read the same. */
function digest(connectionId: string, id: string, purpose: string, blocks: number): Buffer {
  const parts = Array.from({ length: blocks }, (_, block) =>
    createHmac('sha256', connectionId)
      .update(JSON.stringify([purpose, id, block]))
      .digest(),
  );
  return Buffer.concat(parts);
}
