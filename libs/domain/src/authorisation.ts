/** How a PSU proves who they are (strong customer authentication). */
export const scaApproaches = ['redirect', 'embedded', 'decoupled', 'oauth'] as const;
export type ScaApproach = (typeof scaApproaches)[number];

/** Where an authorisation stands; the words are Berlin Group's (NextGenPSD2 1.3, scaStatus), which name every stage. */
export const scaStatuses = {
  received: { final: false },
  psuIdentified: { final: false },
  psuAuthenticated: { final: false },
  scaMethodSelected: { final: false },
  started: { final: false },
  unconfirmed: { final: false },
  finalised: { final: true },
  failed: { final: true },
  exempted: { final: true },
} as const satisfies Record<string, { readonly final: boolean }>;
export type ScaStatus = keyof typeof scaStatuses;

/** Whether the SCA succeeded: `finalised`, or `exempted` by the bank. */
export function scaSucceeded(status: ScaStatus): boolean {
  return status === 'finalised' || status === 'exempted';
}

/** One input that the bank asks the PSU for. */
export interface CredentialField {
  readonly name: string;
  readonly label: string;
  /** Show it as a password field, never store it. */
  readonly secret: boolean;
  readonly help?: string | undefined;
}

/** One way of SCA that the PSU can choose. */
export interface ScaMethod {
  readonly id: string;
  /** The bank's word: SMS_OTP, PUSH_OTP, SMS, APP, ... */
  readonly type: string;
  readonly name: string;
  readonly explanation?: string | undefined;
  readonly decoupled: boolean;
}

/** What the PSU or the app has to do next. `null` in place of one: nothing. */
export type NextStep =
  | { readonly type: 'redirect'; readonly url: string; readonly expiresAt?: string | undefined }
  | { readonly type: 'credentials'; readonly fields: readonly CredentialField[]; readonly isRetry?: boolean }
  | { readonly type: 'selectMethod'; readonly methods: readonly ScaMethod[] }
  | {
      readonly type: 'challenge';
      readonly prompt?: string | undefined;
      /** Base64 image or URL, as the bank sent it. */
      readonly image?: string | undefined;
      readonly maxLength?: number | undefined;
      readonly format?: 'characters' | 'integer' | undefined;
      readonly isRetry: boolean;
    }
  | { readonly type: 'wait'; readonly message?: string | undefined; readonly pollAfterSeconds: number };

/** What the app answers to a next step. An empty one asks again. Never stored, never logged. */
export type StepAnswer =
  | { readonly type: 'credentials'; readonly credentials: Readonly<Record<string, string>> }
  | { readonly type: 'selectMethod'; readonly methodId: string }
  | { readonly type: 'challenge'; readonly code: string }
  | { readonly type: 'ask' };
