import type { Clock, Logger, Settings } from '@tributary/platform';

/** Injection tokens of what has no class of its own. `DataSource` and `Vault` are injected by their class. */
export const SETTINGS = Symbol('settings');
export const CLOCK = Symbol('clock');
export const LOGGER = Symbol('logger');

export type { Clock, Logger, Settings };
