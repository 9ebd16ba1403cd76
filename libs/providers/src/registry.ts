import * as catalogue from './catalogue.js';
import { capabilitiesOf, type Capability } from './port/index.js';
import type { ProviderDefinition } from './port/index.js';

/** A definition whose settings type only the provider itself knows; what it creates from was checked by its schema. */
export type RegisteredProvider = ProviderDefinition<unknown>;

/** Every upstream that this installation speaks, in the order of the catalogue. */
export const providerDefinitions: readonly RegisteredProvider[] = Object.values(catalogue);

/** The definition with this id, for example `xs2a`. */
export function findProvider(id: string): RegisteredProvider | undefined {
  return providerDefinitions.find((definition) => definition.id === id);
}

/** What an upstream can do at most, computed from what it creates with its example settings. Opens no connection. */
export function capabilitiesOfDefinition(definition: RegisteredProvider): readonly Capability[] {
  return capabilitiesOf(
    definition.create(definition.example, {
      connectionId: 'catalogue',
      environment: 'sandbox',
      now: () => new Date(),
      addresses: null,
      report: () => undefined,
      warn: () => undefined,
    }),
  );
}
