/** The fields of a posted form; files are kept byte for byte, as UTF-8 text. */
export class PostedForm {
  private constructor(private readonly fields: readonly (readonly [string, string])[]) {}

  /** Reads `application/x-www-form-urlencoded` and `multipart/form-data`; a body of another kind has no fields. */
  static async read(type: string, body: Uint8Array): Promise<PostedForm> {
    if (/^multipart\/form-data\b/i.test(type)) {
      try {
        return new PostedForm(await readParts(type, body));
      } catch {
        return new PostedForm([]);
      }
    }
    const text = /^application\/x-www-form-urlencoded\b/i.test(type) ? Buffer.from(body).toString('utf8') : '';
    return new PostedForm([...new URLSearchParams(text)]);
  }

  /** The first value; empty when there is none. */
  get(name: string): string {
    return this.getAll(name)[0] ?? '';
  }

  getAll(name: string): string[] {
    return this.fields.filter(([key]) => key === name).map(([, value]) => value);
  }
}

/** The platform's own reader, so that the simulator has no idea of its own about boundaries. */
async function readParts(type: string, body: Uint8Array): Promise<[string, string][]> {
  const form = await new Response(body, { headers: { 'Content-Type': type } }).formData();
  return Promise.all(
    [...form].map(async ([name, value]): Promise<[string, string]> => [
      name,
      typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer()).toString('utf8'),
    ]),
  );
}
