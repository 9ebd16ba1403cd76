import { BuiltInBank } from './built-in/bank.js';
import { receive } from './built-in/reception.js';
import { BUILT_IN_BANKS } from './built-in/seed.js';
import { Hub } from './hub.js';
import type { Tpp } from './parties.js';

/** A hub with its built-in banks and the TPP of the demo. */
export class FurnishedHub extends Hub {
  readonly builtIn = new Map<string, BuiltInBank>();

  constructor(name: string, seed: string) {
    super(name, seed);
    for (const plan of BUILT_IN_BANKS) {
      const bank = new BuiltInBank(this, plan, receive);
      this.builtIn.set(plan.identifier, bank);
      this.banks.set(plan.identifier, bank.record);
    }
    this.tpps.set(DEMO_TPP.clientId, { ...DEMO_TPP });
  }
}

const DEMO_TPP: Tpp = {
  clientId: 'tributary-demo',
  clientSecret: 'sandbox-client-secret',
  name: 'Tributary Demo',
  registrationNumber: 'UK-145441',
  organisationIdentifier: 'GB-TST-000000001',
  redirectUris: [
    'http://localhost:3000/callbacks/tribe',
    'http://127.0.0.1:3000/callbacks/tribe',
    'http://localhost:8080/callback',
  ],
  webhookUrl: undefined,
  blocked: false,
};
