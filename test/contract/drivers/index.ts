import type { ContractDriver } from '../driver.js';
import { tellConnect } from './tell-connect.js';
import { tokenIo } from './token-io.js';
import { tribe } from './tribe.js';
import { xs2a } from './xs2a.js';

/** One line per provider, sorted. */
export const drivers: readonly ContractDriver[] = [tellConnect, tokenIo, tribe, xs2a];
