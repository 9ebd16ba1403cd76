/**
 * Ends this process when its parent is gone, for children that were started with an IPC channel (`stdio: [..., 'ipc']`).
 *
 * A launcher that is killed with SIGKILL cannot stop its children. The channel closes with it, and each child then
 * stops as it does on SIGTERM, so no orphan keeps a port or a lock. Without a channel this does nothing.
 */
export function exitWithParent(): void {
  if (!process.connected) return;
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
  });
  // The channel alone must not keep a process alive that has nothing left to do.
  process.channel?.unref();
}
