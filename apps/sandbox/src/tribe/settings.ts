import { Shape } from '../kit/shape.js';

/** A choice that Tribe's documents leave open. `assumption` is its number in the list of the README. */
interface Switch {
  assumption: string;
  initial: string | number | boolean;
  choices?: readonly string[];
  range?: readonly [number, number];
}

/** The first choice is the usual one. */
const choice = <const T extends readonly [string, ...string[]]>(assumption: string, ...choices: T) => ({
  assumption,
  choices,
  initial: choices[0] as T[number],
});
const number = (assumption: string, initial: number, low: number, high: number) => ({
  assumption,
  initial,
  range: [low, high] as const,
});
const flag = (assumption: string, initial: boolean) => ({ assumption, initial });
const text = (assumption: string, initial: string) => ({ assumption, initial });

/** Every open question as one named switch; what they do is told in apps/sandbox/README.md. */
export const SWITCHES = {
  webhookUrl: text('AS-01', '{base}/{name}'),
  apiKeys: choice('AS-02', 'same', 'separate'),
  keyBits: number('AS-03', 2048, 2048, 4096),
  emptyBody: choice('AS-04', 'nothing', 'object', 'list'),
  checkOrder: choice('AS-05', 'requestIdFirst', 'signatureFirst'),
  bankErrors: choice('AS-06', 'accountUnknown', 'wrapped', 'passed'),
  fieldErrors: choice('AS-07', 'all', 'first'),
  requestIdHours: number('AS-08', 24, 0, 8760),
  naming: choice('AS-09', 'mixed', 'snake', 'declared'),
  numbers: choice('AS-10', 'integers', 'texts'),
  transactionSigns: choice('AS-11', 'signed', 'unsigned'),
  callback: choice('AS-12', 'hub', 'tpp'),
  linkSeconds: number('AS-13', 900, 1, 31_536_000),
  expiredStatus: choice('AS-13', 'RJCT', 'CANC'),
  oneTime: choice('AS-14', 'paymentsOnly', 'always', 'never'),
  paymentIds: choice('AS-15', 'bank', 'hub'),
  sessionSeconds: number('AS-16', 900, 1, 86_400),
  oldScopes: flag('AS-16', false),
  accountNumbers: choice('AS-17', 'digits', 'any'),
  consentDays: number('AS-18', 90, 0, 3650),
  unknownToken: choice('AS-19', 'refused', 'success'),
  debtorAccount: choice('AS-20', 'optional', 'required'),
  directStatus: choice('AS-21', 'bank', 'store'),
  illegalStatus: choice('AS-22', 'refused', 'ignored', 'taken'),
  performanceDates: choice('AS-23', 'notFuture', 'any'),
  codeSeconds: number('AS-24', 600, 1, 86_400),
  clientSecret: choice('AS-24', 'ignored', 'required'),
  directoryClient: choice('AS-25', 'required', 'optional'),
  signatureMode: choice('AS-26', 'strict', 'lax', 'off'),
  signatureCodes: choice('AS-27', 'berlinGroup', 'wrongCredentials'),
  dailyLimit: number('AS-28', 10_000, 1, 1_000_000),
  maxPageSize: number('AS-29', 1000, 1, 1000),
  tppWebhookSignature: choice('AS-30', 'signed', 'none'),
  webhookRetries: number('AS-30', 3, 0, 20),
  fundsBalance: choice('AS-31', 'interimAvailable', 'interimBooked'),
  defaultScheme: choice('AS-32', 'guessed', 'refused'),
  timestamps: choice('AS-33', 'sheet', 'zulu'),
  foreignAccount: choice('AS-34', 'unknown', 'forbidden'),
  mtls: choice('AS-35', 'off', 'required'),
  webhookTiming: choice('scenario', 'prompt', 'late', 'shuffled', 'held', 'never'),
  webhookDelaySeconds: number('scenario', 5, 0, 86_400),
  webhookCopies: number('scenario', 1, 1, 5),
  accountTransaction: choice('scenario', 'never', 'settled'),
  nextLinks: choice('scenario', 'path', 'absolute'),
  bankTimeoutMs: number('scenario', 15_000, 10, 600_000),
  pageSize: number('scenario', 20, 1, 1000),
} as const satisfies Record<string, Switch>;

type Wide<T> = T extends boolean ? boolean : T extends number ? number : T;

/** The values of all switches of one hub. */
export type Settings = {
  [K in keyof typeof SWITCHES]: (typeof SWITCHES)[K] extends { choices: readonly (infer C)[] }
    ? C
    : (typeof SWITCHES)[K] extends { initial: infer I }
      ? Wide<I>
      : never;
};

export function initialSettings(): Settings {
  const entries = Object.entries(SWITCHES).map(([name, { initial }]) => [name, initial]);
  return Object.fromEntries(entries) as Settings;
}

/**
 * The settings with some of them changed.
 * @throws ShapeError naming the wrong setting.
 */
export function changeSettings(settings: Settings, input: unknown): Settings {
  const shape = Shape.of(input);
  shape.only(Object.keys(SWITCHES));
  const changes: Record<string, unknown> = {};
  for (const [name, one] of Object.entries<Switch>(SWITCHES)) {
    if (!shape.has(name)) {
      continue;
    }
    if (one.choices) {
      changes[name] = shape.choice(name, one.choices);
    } else if (one.range) {
      changes[name] = shape.number(name, one.range[0], one.range[1]);
    } else if (typeof one.initial === 'boolean') {
      changes[name] = shape.boolean(name);
    } else {
      const rule = { max: 500, pattern: /\{base\}.*\{name\}/, expected: 'an address with {base} and {name}' };
      changes[name] = shape.text(name, rule);
    }
  }
  return { ...settings, ...changes };
}
