import { isObject, type Json } from './answer.js';
import { formatError, invalidField, type AdditionalError } from './refusal.js';
import type { Settings } from './settings.js';

interface TextRule {
  min?: number;
  max?: number;
  required?: boolean;
  /** Says what is wrong; undefined when nothing is. */
  check?: (text: string) => string | undefined;
  /** The code of this field instead of INVALID_MODEL_TYPE. */
  code?: string;
  /** The code when it is missing. */
  missing?: string;
}

/** Reads a JSON object field by field and collects everything that is wrong, so that all is told at once. */
export class Fields {
  private constructor(
    private readonly json: Json,
    private readonly path: string,
    private readonly errors: AdditionalError[],
  ) {}

  static of(json: Json): Fields {
    return new Fields(json, '', []);
  }

  /** Unknown fields are refused: the hub is strict. */
  only(...names: string[]): this {
    for (const name of Object.keys(this.json).filter((key) => !names.includes(key))) {
      this.errors.push({ code: 'EXTRA_FIELDS_PROVIDED', title: 'Unknown field', details: this.at(name).slice(0, 500) });
    }
    return this;
  }

  has(name: string): boolean {
    return this.json[name] !== undefined && this.json[name] !== null;
  }

  raw(name: string): unknown {
    return this.json[name];
  }

  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  /** Notes a mistake of a field. */
  wrong(name: string, problem: string, code?: string): void {
    const error = invalidField(this.at(name), problem);
    this.errors.push(code === undefined ? error : { ...error, code, title: `${this.at(name)} is not valid` });
  }

  text(name: string, rule: TextRule = {}): string | undefined {
    const { min = 1, max = 255, required = false, check, code, missing } = rule;
    if (!this.has(name)) {
      if (required) {
        this.wrong(name, 'is missing', missing ?? code);
      }
      return undefined;
    }
    const value = this.json[name];
    if (typeof value !== 'string') {
      this.wrong(name, 'must be a text', code);
      return undefined;
    }
    const { length } = value;
    const problem =
      length < min || length > max ? `must have ${min === max ? min : `${min} to ${max}`} characters` : check?.(value);
    if (problem !== undefined) {
      this.wrong(name, problem, code);
      return undefined;
    }
    return value;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], required = false): T | undefined {
    const text = this.text(name, { required });
    const found = choices.find((choice) => choice === text);
    if (text !== undefined && found === undefined) {
      this.wrong(name, `must be one of ${choices.join(', ')}`);
    }
    return found;
  }

  object(name: string, required = false): Fields | undefined {
    if (!this.has(name)) {
      if (required) {
        this.wrong(name, 'is missing');
      }
      return undefined;
    }
    const value = this.json[name];
    if (!isObject(value)) {
      this.wrong(name, 'must be an object');
      return undefined;
    }
    return new Fields(value, this.at(name), this.errors);
  }

  objects(name: string, low: number, high: number): Fields[] {
    const value = this.json[name];
    if (!Array.isArray(value) || value.length < low || value.length > high) {
      this.wrong(name, `must be a list of ${low} to ${high} items`);
      return [];
    }
    return value.flatMap((item: unknown, index) => {
      if (isObject(item)) {
        return [new Fields(item, `${this.at(name)}[${index}]`, this.errors)];
      }
      this.wrong(`${name}[${index}]`, 'must be an object');
      return [];
    });
  }

  texts(name: string): string[] {
    if (!this.has(name)) {
      return [];
    }
    const value = this.json[name];
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
      this.wrong(name, 'must be a list of texts');
      return [];
    }
    return value as string[];
  }

  /** @throws Refusal 400 FORMAT_ERROR with everything that was wrong. */
  assert(style: Settings['fieldErrors']): void {
    if (this.errors.length > 0) {
      throw formatError(...(style === 'first' ? this.errors.slice(0, 1) : this.errors));
    }
  }
}
