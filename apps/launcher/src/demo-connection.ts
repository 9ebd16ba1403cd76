/** A connection to a simulator, as `POST /v1/connections` takes it. */
export interface DemoConnection {
  readonly provider: string;
  /** Tells connections of one provider apart, in demo.json; absent: the provider's only one. */
  readonly key?: string;
  readonly name: string;
  readonly environment: 'sandbox';
  readonly settings: Readonly<Record<string, unknown>>;
}
