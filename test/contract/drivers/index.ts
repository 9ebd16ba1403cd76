import type { ContractDriver } from '../driver.js';
import { tokenIo } from './token-io.js';
import { xs2a } from './xs2a.js';

/** One line per provider, sorted. */
export const drivers: readonly ContractDriver[] = [tokenIo, xs2a];
