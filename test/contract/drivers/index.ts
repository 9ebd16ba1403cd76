import type { ContractDriver } from '../driver.js';
import { xs2a } from './xs2a.js';

/** One line per provider, sorted. */
export const drivers: readonly ContractDriver[] = [xs2a];
