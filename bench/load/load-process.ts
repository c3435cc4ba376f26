import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { WorkloadName, WorkloadParams, WorkloadResult } from '../workloads/workloads.ts';

/** The load generator, as a process of its own. One load at a time. */
export type LoadProcess = {
  run<Name extends WorkloadName>(name: Name, params: WorkloadParams<Name>): Promise<WorkloadResult<Name>>;
  stop(): Promise<void>;
};

/** What goes to the process and what comes back. */
export type LoadJob = { name: WorkloadName; params: unknown };
export type LoadReply = { ok: true; result: unknown } | { ok: false; error: string };

const PROGRAM = new URL('../workloads/main.ts', import.meta.url);

export function startLoadProcess(): LoadProcess {
  const child = fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  let waiting: { resolve: (result: unknown) => void; reject: (error: Error) => void } | null = null;
  child.on('message', (reply: LoadReply) => {
    const one = waiting;
    waiting = null;
    if (reply.ok) one?.resolve(reply.result);
    else one?.reject(new Error(reply.error));
  });
  child.on('exit', (code) => waiting?.reject(new Error(`the load generator ended with ${code}`)));
  return {
    run: (name, params) =>
      new Promise((resolve, reject) => {
        if (waiting !== null) throw new Error('The load generator makes one load at a time.');
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the process answers with what the workload of this name returned
        waiting = { resolve: (result) => resolve(result as never), reject };
        const job: LoadJob = { name, params };
        child.send(job);
      }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
