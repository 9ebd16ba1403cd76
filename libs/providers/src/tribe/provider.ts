import type { Provider, ProviderDeps } from '../port/index.js';
import type { TribeSettings } from './settings.js';

/** Puts the parts together for one connection: those of the TPP, those of the bank, or both. */
export function createTribe(_settings: TribeSettings, _deps: ProviderDeps): Provider {
  return {
    // A connection in which we are only the bank reaches no banks.
    institutions: { list: () => Promise.resolve([]) },
    close: () => Promise.resolve(),
  };
}
