import { storable } from './storable.js';

/**
 * The text of an answer that is not JSON: by its byte order mark, the charset of its media type, its XML declaration (in that
 * order: RFC 7303 section 3), else UTF-8, or Windows-1252 where the bytes are no UTF-8, as reports of older systems are.
 */
export function textOf(body: Buffer, contentType = ''): string {
  const declared = /^\s*<\?xml[^>]{0,100}encoding=["']([\w.:-]{1,40})["']/.exec(body.toString('latin1', 0, 200))?.[1];
  const charset = /;\s*charset="?([\w.:-]{1,40})/i.exec(contentType)?.[1];
  for (const label of [byteOrderMark(body), charset, declared, 'utf-8']) {
    const text = label === undefined ? undefined : decoded(body, label);
    if (text !== undefined) return storable(text);
  }
  return storable(new TextDecoder('windows-1252').decode(body));
}

function byteOrderMark(body: Buffer): string | undefined {
  if (body.length < 2) return undefined;
  const mark = body.readUInt16BE(0);
  if (mark === 0xfeff) return 'utf-16be';
  return mark === 0xfffe ? 'utf-16le' : undefined;
}

/** undefined for a charset that nobody knows, and for bytes that are not of it. */
function decoded(body: Buffer, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
