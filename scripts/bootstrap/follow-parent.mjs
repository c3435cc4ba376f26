// Loaded into the command before its own code: when the bootstrap is killed so that it can pass nothing on, the command still stops
// in order, instead of staying behind and holding the data directory.
import { isMainThread } from 'node:worker_threads';

const POLL_MS = 500;
const parent = process.ppid;

// Flags and variables are inherited by processes that the command starts; those are not the bootstrap's children.
if (isMainThread && process.env.BOOTSTRAP_PID === String(parent)) {
  const polling = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(polling);
    process.kill(process.pid, 'SIGTERM');
  }, POLL_MS);
  polling.unref();
}
delete process.env.BOOTSTRAP_PID;
