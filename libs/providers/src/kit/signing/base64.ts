/**
 * Decodes standard base64 (RFC 4648 section 4): alphabet `+/`, padded, one line, unused bits zero. Node's own decoder also takes
 * the URL-safe alphabet and skips what it does not know, so that many texts would stand for one signature.
 * @returns null for anything else
 */
export function strictBase64(text: string): Buffer | null {
  if (text === '' || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
