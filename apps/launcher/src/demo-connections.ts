/** A connection to a simulator, as `POST /v1/connections` takes it. */
export interface DemoConnection {
  readonly provider: string;
  readonly name: string;
  readonly environment: 'sandbox';
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A connection to each simulated upstream of the sandbox at that address. A new simulator adds its own here. */
export function demoConnections(sandboxUrl: string): readonly DemoConnection[] {
  return [
    {
      provider: 'xs2a',
      name: 'MockBank',
      environment: 'sandbox',
      settings: {
        baseUrl: `${sandboxUrl}/xs2a`,
        institution: { name: 'MockBank', bic: 'MOCKDEFFXXX', country: 'DE' },
        scaPreference: 'redirect',
      },
    },
  ];
}
