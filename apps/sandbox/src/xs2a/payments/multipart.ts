import { randomBytes } from 'node:crypto';

export interface Part {
  name: string;
  type: string;
  text: string;
}

/** Writes a multipart/form-data body (RFC 7578). */
export function multipartOf(parts: readonly Part[]): { type: string; body: string } {
  const boundary = `mockbank-${randomBytes(12).toString('hex')}`;
  const written = parts.map(
    ({ name, type, text }) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`,
  );
  return { type: `multipart/form-data; boundary=${boundary}`, body: `${written.join('')}--${boundary}--\r\n` };
}

/**
 * The parts of a received multipart/form-data body by name; undefined when it is of another type or cannot be read.
 * The platform's own reader does it, so the simulator has no idea of its own about boundaries.
 */
export async function readParts(type: string, body: Uint8Array): Promise<ReadonlyMap<string, string> | undefined> {
  if (!/^multipart\/form-data\b/i.test(type)) {
    return undefined;
  }
  try {
    const form = await new Response(body, { headers: { 'Content-Type': type } }).formData();
    const parts = [...form].map(async ([name, value]) => [
      name,
      typeof value === 'string' ? value : await value.text(),
    ]);
    return new Map((await Promise.all(parts)) as [string, string][]);
  } catch {
    return undefined;
  }
}
