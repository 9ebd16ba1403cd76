import type { Upstream } from './kit/upstream.js';
import { tellConnect } from './tell-connect/index.js';
import { tokenIo } from './token-io/index.js';
import { tribe } from './tribe/index.js';
import { xs2a } from './xs2a/index.js';

/** Every simulated upstream; one line each, sorted. */
export const upstreams: readonly Upstream[] = [tellConnect, tokenIo, tribe, xs2a];
