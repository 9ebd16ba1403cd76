import { isDeepStrictEqual } from 'node:util';
import { textOrNumber } from '../../kit/json.js';

type Members = Readonly<Record<string, unknown>>;

/** What is wrong with a body, field by field, so that all of it can be told at once. */
export class Faults {
  readonly #found = new Set<string>();

  add(path: string, what: string): void {
    this.#found.add(`Field ${path} ${what}`);
  }

  get any(): boolean {
    return this.#found.size > 0;
  }

  /** One line; a bulk can have thousands. */
  toString(): string {
    const rest = this.#found.size - 3;
    return `${[...this.#found].slice(0, 3).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
  }
}

/**
 * An object of a webhook, read by name. Tribe's documentation spells some members in snake_case and some in camelCase, and one
 * of them in both: either spelling of every name is taken, both together only if they say the same.
 */
export class Fields {
  readonly #known = new Set<string>();
  readonly #below: Fields[] = [];

  private constructor(
    private readonly members: Members,
    private readonly path: string,
    private readonly faults: Faults,
  ) {}

  /** Reads the whole body; an empty one has no members. */
  static of(value: unknown, path: string, faults: Faults): Fields {
    if (isObject(value)) return new Fields(value, path, faults);
    // An empty list is how PHP writes an object without members.
    const nothing = value === undefined || (Array.isArray(value) && value.length === 0 && path === '');
    if (!nothing) faults.add(path === '' ? 'body' : path, 'type is invalid');
    return new Fields({}, path, faults);
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  /** A text of at most `most` characters, without controls. */
  text(name: string, most: number): string | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.fault(name, 'type is invalid');
    if (value === '' || Array.from(value).length > most || /\p{Cc}/u.test(value)) {
      return this.fault(name, `must have 1 to ${most} characters`);
    }
    return value;
  }

  requiredText(name: string, most: number): string {
    return this.text(name, most) ?? this.missing(name) ?? '';
  }

  /** A text in this form. */
  matching(name: string, form: RegExp, what: string): string | undefined {
    const value = this.text(name, 2_000);
    return value === undefined || form.test(value) ? value : this.fault(name, what);
  }

  /** Digits as a text or a number, which has lost its leading zeros. */
  digits(name: string, length: number): string | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const isText = typeof value === 'string';
    const digits = isText || typeof value === 'number' ? textOrNumber(value, name) : '';
    if (!/^\d+$/.test(digits) || digits.length > length) return this.fault(name, 'type is invalid');
    return digits.padStart(length, '0');
  }

  wholeNumber(name: string, least: number, most: number): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) return this.fault(name, 'type is invalid');
    return value >= least && value <= most ? value : this.fault(name, `must be from ${least} to ${most}`);
  }

  object(name: string): Fields | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : this.below(value, this.place(name));
  }

  list(name: string): readonly Fields[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.fault(name, 'type is invalid');
    return value.map((item, index) => this.below(item, `${this.place(name)}[${index}]`));
  }

  /** Reports a required member that is not there. */
  missing(name: string): undefined {
    if (!this.has(name)) this.faults.add(this.place(name), 'is missing');
  }

  fault(name: string, what: string): undefined {
    this.faults.add(this.place(name), what);
  }

  /** Reports members that nobody asked for, here and below. */
  refuseOthers(): void {
    for (const fields of this.#below) fields.refuseOthers();
    for (const name of Object.keys(this.members)) {
      // The name is theirs: only a harmless one is repeated.
      if (!this.#known.has(name)) this.faults.add(/^\w{1,40}$/.test(name) ? this.place(name) : 'body', 'is unknown');
    }
  }

  private value(name: string): unknown {
    const other = camelCase(name);
    this.#known.add(name).add(other);
    const [snake, camel] = [this.own(name), other === name ? undefined : this.own(other)];
    if (snake !== undefined && camel !== undefined && !isDeepStrictEqual(snake, camel)) {
      return this.fault(name, `says something else than ${other}`);
    }
    return snake ?? camel;
  }

  private below(value: unknown, path: string): Fields {
    const fields = Fields.of(value, path, this.faults);
    this.#below.push(fields);
    return fields;
  }

  private own(name: string): unknown {
    return Object.hasOwn(this.members, name) ? (this.members[name] ?? undefined) : undefined;
  }

  private place(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('isLosslessNumber' in value);
}
