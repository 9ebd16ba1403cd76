import type { Clock, Logger, Metrics, Settings } from '@tributary/platform';

/** Injection tokens of what has no class of its own. `DataSource` and `Vault` are injected by their class. */
export const SETTINGS = Symbol('settings');
export const CLOCK = Symbol('clock');
export const LOGGER = Symbol('logger');
export const METRICS = Symbol('metrics');

export type { Clock, Logger, Metrics, Settings };
