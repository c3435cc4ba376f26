/** The load generator's process: does the loads that it is told of, one after the other, until its parent is gone. */
import type { LoadJob, LoadReply } from '../load/load-process.ts';
import { runWorkload } from './workloads.ts';

process.on('message', (job: LoadJob) => {
  void runWorkload(job.name, job.params).then(
    (result) => reply({ ok: true, result }),
    (error: unknown) => reply({ ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
// The program that is measured is told of Ctrl-C by the one who started both.
process.on('SIGINT', () => undefined);

function reply(message: LoadReply): void {
  process.send?.(message);
}
