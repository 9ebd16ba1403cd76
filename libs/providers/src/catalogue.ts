// One line per upstream, sorted. Everything that lists, creates or tests providers reads this file.
export { xs2a } from './xs2a/index.js';
