export * from './docs.js';
export * from './pool.js';
export * from './port/index.js';
export * from './registry.js';
export * from './secrets.js';
export * from './settings-check.js';
