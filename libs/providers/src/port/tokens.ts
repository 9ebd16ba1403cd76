/** OAuth 2.0 tokens that an upstream gave for one consent or payment. Kept in the vault only. */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  /** RFC 3339; absent when the upstream did not say. */
  readonly expiresAt?: string | undefined;
  readonly scope?: string | undefined;
  /** Where they are renewed; absent where the settings of the connection say so. */
  readonly tokenEndpoint?: string | undefined;
}

/**
 * The one place where a subject's tokens live. Refreshing is single-flight across processes: a rotating refresh token
 * that is used twice ends the whole family, so whoever comes second gets the tokens of the first.
 */
export interface TokenStore {
  read(): Promise<TokenSet | null>;
  /**
   * Replaces `stale` by what `exchange` returns, under a lock. Where another process was faster, `exchange` is not
   * called and the newer tokens are returned.
   */
  refresh(stale: TokenSet, exchange: (current: TokenSet) => Promise<TokenSet>): Promise<TokenSet>;
}
