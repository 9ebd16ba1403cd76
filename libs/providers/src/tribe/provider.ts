import type { Provider, ProviderDeps } from '../port/index.js';
import { createBank } from './bank/bank.js';
import type { TribeSettings } from './settings.js';
import { createTpp } from './tpp.js';

/** Puts the parts together for one connection: those of the TPP, those of the bank, or both. */
export function createTribe(settings: TribeSettings, deps: ProviderDeps): Provider {
  const bank = settings.bank && createBank(settings.bank, deps);
  const tpp = settings.tpp && createTpp(settings.tpp, deps);
  return {
    // A connection in which we are only the bank reaches no banks.
    institutions: { list: () => Promise.resolve([]) },
    ...tpp,
    ...(bank && { bank }),
    certificates: [...(tpp?.certificates ?? []), ...(bank?.certificates ?? [])],
    close: async () => {
      await Promise.all([tpp?.close(), bank?.close()]);
    },
  };
}
