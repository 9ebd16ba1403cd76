// One line per upstream, sorted. Everything that lists, creates or tests providers reads this file.
export { tellConnect } from './tell-connect/index.js';
export { tokenIo } from './token-io/index.js';
export { tribe } from './tribe/index.js';
export { xs2a } from './xs2a/index.js';
