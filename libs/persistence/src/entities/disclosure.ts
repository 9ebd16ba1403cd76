import type { Disclosure, PaymentDisclosure } from '@tributary/domain';

type Cost = Exclude<keyof PaymentDisclosure, keyof Disclosure>;

/** Money as it is stored in JSON, which has no bigint. */
export interface StoredMoney {
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
}

/** What a bank disclosed, as it is stored. */
export type StoredDisclosure = Disclosure & { readonly [Name in Cost]?: StoredMoney | undefined };
