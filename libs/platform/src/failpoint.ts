import fs from 'node:fs';
import path from 'node:path';

/**
 * Moments at which a crash would hurt: between something that cannot be taken back and the note of it. A proof lets
 * processes die there.
 */
export const failpoints = [
  /** The intent is committed; nothing has left us. */
  'intent.committed',
  /** The row says that we are sending; nothing has left us. */
  'sending.committed',
  /** The upstream has answered the instruction; nobody has written that down. */
  'sending.answered',
  /** The upstream's answer is written down; the app has not been told. */
  'sending.recorded',
  /** The row says that a further request which moves money leaves; nothing has left us. */
  'order.committed',
  /** The app's answer is kept; it has not been given. */
  'answer.kept',
  /** The upstream has opened an SCA; nobody has written that down. */
  'sca.started',
  /** The upstream has taken the PSU's answer; nobody has written that down. */
  'sca.answered',
  /** The state of a PSU's return is used up; the upstream has not been asked. */
  'callback.used',
  /** The upstream was asked after a PSU's return (and a code exchanged); nobody has written that down. */
  'callback.completed',
  /** An upstream's webhook is stored; it has no answer yet. */
  'webhook.stored',
  /** What a webhook says is applied to its payment; the message is still open. */
  'webhook.applied',
  /** Due payments are claimed; the upstream has not been asked. */
  'poll.claimed',
  /** The upstream was asked; nobody has written that down. */
  'poll.asked',
  /** An upstream has given new tokens for the old ones; they are not stored. */
  'tokens.refreshed',
  /** An event has been sent to the app; the delivery is still open. */
  'delivery.sent',
] as const;
export type Failpoint = (typeof failpoints)[number];

/** Names the folder in which failpoints are armed. Production refuses it. */
export const failpointVariable = 'TRIBUTARY_FAILPOINTS';

const folder = process.env['NODE_ENV'] === 'production' ? undefined : process.env[failpointVariable];

/**
 * Does nothing, unless somebody has armed this point: then one process that comes here ends like after a power cut.
 * A point is armed by a file of its name; of several processes that come here at once, the one that removes it dies.
 */
export function failpoint(name: Failpoint): void {
  if (folder === undefined || !disarm(path.join(folder, name))) return;
  process.kill(process.pid, 'SIGKILL');
}

function disarm(file: string): boolean {
  try {
    fs.unlinkSync(file);
    return true;
  } catch {
    return false;
  }
}
