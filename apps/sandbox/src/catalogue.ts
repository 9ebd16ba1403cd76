import type { Upstream } from './kit/upstream.js';
import { tellConnect } from './tell-connect/index.js';
import { xs2a } from './xs2a/index.js';

/** Every simulated upstream; one line each, sorted. */
export const upstreams: readonly Upstream[] = [tellConnect, xs2a];
