import { isIP } from 'node:net';

/** One environment variable: what it is for, what it may be, and how its text becomes a value. */
export interface Setting<T> {
  /** Name of the environment variable. */
  readonly env: string;
  /** What it does, in one or two sentences; printed into `.env.example`. */
  readonly description: string;
  /** What a right value looks like, to complete "expected ...". */
  readonly expected: string;
  /** The value when the variable is unset or empty. */
  readonly default: T;
  /** How the default reads in `.env.example`, where it is computed or undefined. */
  readonly defaultText?: string;
  /** Shown in `.env.example`; never a usable secret. */
  readonly example?: string;
  /** True if the value must never be printed. */
  readonly secret?: boolean;
  /** True if the start is refused without it when `NODE_ENV=production`. */
  readonly requiredInProduction?: boolean;
  /** The value, or `undefined` if the text is wrong. */
  parse(text: string): T | undefined;
}

/** A setting is missing or wrong. `message` has a line for each one, with its name and what was expected. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** A whole number within bounds, written in decimal digits only. */
export function integer(min: number, max: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  };
}

/** One of a closed list of words. */
export function oneOf<const W extends string>(words: readonly W[]): (text: string) => W | undefined {
  return (text) => words.find((word) => word === text);
}

/** An absolute URL with one of the given protocols (such as `https:`), kept as written but without a trailing slash. */
export function url(...protocols: readonly string[]): (text: string) => string | undefined {
  return (text) => {
    if (!URL.canParse(text)) return undefined;
    const parsed = new URL(text);
    if (!protocols.includes(parsed.protocol) || parsed.hostname === '') return undefined;
    return text.replace(/\/+$/, '');
  };
}

/** Any text that is not empty. */
export function anyText(text: string): string {
  return text;
}

/** An IP address, alone or with a prefix length (CIDR). */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.trim().split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}
