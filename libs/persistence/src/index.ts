export * from './data-source.js';
export * from './entities/account.js';
export * from './entities/app.js';
export * from './entities/connection.js';
export * from './entities/consent.js';
export * from './entities/payment.js';
export * from './statement.js';
