/** A field of a SWIFT FIN message: `:tag:` and its lines. */
export interface Field {
  readonly tag: string;
  readonly lines: readonly string[];
}

/** The fields of one or more messages, blocks and trailers left out. A line that opens no field goes on with the one before. */
export function fieldsIn(content: string): readonly Field[] {
  const fields: { tag: string; lines: string[] }[] = [];
  let open = false;
  for (const line of content.split(/\r\n|\n|\r/)) {
    const [, tag, rest = ''] = /^(?:\{.*\{4:)?:(\d\d[A-Z]?):(.*)$/.exec(line) ?? [];
    if (tag !== undefined) fields.push({ tag, lines: [rest] });
    else if (open && line !== '' && !ending.test(line)) fields.at(-1)?.lines.push(line);
    open = (open || tag !== undefined) && !ending.test(line);
  }
  return fields;
}

/** The end of a message, `-` or `-}`, and the header of the next one. */
const ending = /^-(?:\}.*)?$|^\{\d:/;

/** The fields of each statement: one begins with its reference, `:20:`. */
export function statementsIn(fields: readonly Field[]): readonly (readonly Field[])[] {
  const statements: Field[][] = [];
  for (const field of fields) {
    if (field.tag === '20') statements.push([field]);
    else statements.at(-1)?.push(field);
  }
  return statements;
}
