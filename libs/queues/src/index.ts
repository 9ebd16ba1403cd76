export { queueNames, type QueueName, type QueuePayloads } from './queue-names.js';
export { Queues } from './queues.js';
