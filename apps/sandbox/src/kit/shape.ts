/** Input that is not as agreed. `path` names the field, such as `access.accounts[0].iban`; it is empty for the whole body. */
export class ShapeError extends Error {
  constructor(
    readonly path: string,
    problem: string,
  ) {
    super(problem);
  }
}

export interface TextRule {
  max?: number;
  pattern?: RegExp;
  /** Said when the pattern does not match: what is expected. */
  expected?: string;
}

// oxlint-disable-next-line no-control-regex -- finding control characters is the purpose
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Checks a text: no control characters (a NUL in a name is never meant), length, pattern. */
export function checkText(value: unknown, path: string, rule: TextRule = {}): string {
  if (typeof value !== 'string') {
    throw new ShapeError(path, 'must be a text');
  }
  const max = rule.max ?? 500;
  if (value.trim() === '' || value.length > max) {
    throw new ShapeError(path, `must have 1 to ${max} characters`);
  }
  if (CONTROL_CHARACTERS.test(value)) {
    throw new ShapeError(path, 'must not have control characters');
  }
  if (rule.pattern && !rule.pattern.test(value)) {
    throw new ShapeError(path, `must be ${rule.expected ?? String(rule.pattern)}`);
  }
  return value;
}

/** Reads one JSON object field by field; every wrong field ends in a {@link ShapeError} with its path. */
export class Shape {
  private constructor(
    private readonly fields: ReadonlyMap<string, unknown>,
    private readonly path: string,
  ) {}

  static of(value: unknown, path = ''): Shape {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ShapeError(path, 'must be a JSON object');
    }
    return new Shape(new Map(Object.entries(value)), path);
  }

  get names(): string[] {
    return [...this.fields.keys()];
  }

  /** The object as received. */
  plain(): Record<string, unknown> {
    return Object.fromEntries(this.fields);
  }

  has(name: string): boolean {
    return this.fields.has(name);
  }

  raw(name: string): unknown {
    return this.fields.get(name);
  }

  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  text(name: string, rule?: TextRule): string {
    this.require(name);
    return checkText(this.raw(name), this.at(name), rule);
  }

  optionalText(name: string, rule?: TextRule): string | undefined {
    return this.has(name) ? this.text(name, rule) : undefined;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    this.require(name);
    const found = choices.find((choice) => choice === this.raw(name));
    if (found === undefined) {
      throw new ShapeError(this.at(name), `must be one of ${choices.join(', ')}`);
    }
    return found;
  }

  optionalChoice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    return this.has(name) ? this.choice(name, choices) : undefined;
  }

  number(name: string, low: number, high: number, whole = true): number {
    this.require(name);
    const value = this.raw(name);
    if (typeof value !== 'number' || (whole && !Number.isInteger(value)) || value < low || value > high) {
      throw new ShapeError(this.at(name), `must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}`);
    }
    return value;
  }

  optionalNumber(name: string, low: number, high: number, whole = true): number | undefined {
    return this.has(name) ? this.number(name, low, high, whole) : undefined;
  }

  boolean(name: string): boolean {
    this.require(name);
    const value = this.raw(name);
    if (typeof value !== 'boolean') {
      throw new ShapeError(this.at(name), 'must be true or false');
    }
    return value;
  }

  object(name: string): Shape {
    this.require(name);
    return Shape.of(this.raw(name), this.at(name));
  }

  optionalObject(name: string): Shape | undefined {
    return this.has(name) ? this.object(name) : undefined;
  }

  list<T>(name: string, read: (item: unknown, path: string) => T): T[] {
    this.require(name);
    const value = this.raw(name);
    if (!Array.isArray(value)) {
      throw new ShapeError(this.at(name), 'must be a list');
    }
    if (value.length > 1000) {
      throw new ShapeError(this.at(name), 'must have at most 1000 items');
    }
    return value.map((item: unknown, index) => read(item, `${this.at(name)}[${index}]`));
  }

  optionalList<T>(name: string, read: (item: unknown, path: string) => T): T[] | undefined {
    return this.has(name) ? this.list(name, read) : undefined;
  }

  /** Refuses fields that nobody reads: for the controls, where a typing mistake must not pass silently. */
  only(names: readonly string[]): void {
    const unknown = this.names.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new ShapeError(this.at(unknown), `is not known here; known are ${names.join(', ')}`);
    }
  }

  private require(name: string): void {
    if (!this.has(name)) {
      throw new ShapeError(this.at(name), 'is missing');
    }
  }
}
