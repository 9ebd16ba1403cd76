import type { ContractDriver } from '../driver.js';
import { tribe } from './tribe.js';
import { xs2a } from './xs2a.js';

/** One line per provider, sorted. */
export const drivers: readonly ContractDriver[] = [tribe, xs2a];
