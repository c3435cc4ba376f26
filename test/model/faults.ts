import type { Database } from '../../platform/postgres/database.ts';
import { NoAnswer } from '../../platform/http/no-answer.ts';
import type { Transport } from '../../platform/http/transports.ts';

/**
 * What goes wrong while some work is done. `die`: the process is killed after so many steps, where a step is a statement, a
 * commit or a call to another service, each counted before and after it. `lose`: that call between services gets no answer,
 * because it did not arrive or because its reply did not come back.
 */
export type Fault = { kind: 'die'; afterSteps: number } | { kind: 'lose'; call: number; what: 'request' | 'reply' };

export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

export type Faults = {
  database(database: Database): Database;
  transport(transport: Transport): Transport;
  /** Does the work while `fault` lies in wait, and whatever the work left running in the background. False when the process died. */
  during(fault: Fault | null, work: () => Promise<void>): Promise<boolean>;
  /** Aborted when the process dies. */
  death(): AbortSignal;
};

/** All services live in one process that can be killed: from then on nothing of what it was doing gets any further. */
export function createFaults(): Faults {
  let fault: Fault | null = null;
  let steps = 0;
  let calls = 0;
  let running = 0;
  let death = new AbortController();

  function step(): void {
    if (!death.signal.aborted && fault?.kind === 'die' && steps++ >= fault.afterSteps) death.abort();
    if (death.signal.aborted) throw new ProcessDied('The process was killed here.');
  }

  async function counted<T>(work: () => Promise<T>): Promise<T> {
    step();
    running++;
    try {
      const result = await work();
      step();
      return result;
    } finally {
      running--;
    }
  }

  function database(real: Database): Database {
    return {
      name: real.name,
      rows: (statement, values) => counted(() => real.rows(statement, values)),
      run: (statement, values) => counted(() => real.run(statement, values)),
      transaction: (work) =>
        counted(() =>
          real.transaction(async (tx) => {
            const result = await work(tx);
            step();
            return result;
          }),
        ),
    };
  }

  function transport(real: Transport): Transport {
    return (request) =>
      counted(async () => {
        const lost = fault?.kind === 'lose' && calls++ === fault.call ? fault.what : null;
        if (lost === 'request') throw new NoAnswer('The call did not arrive.');
        const answer = await real(request);
        if (lost === 'reply') throw new NoAnswer('The reply was lost.');
        return answer;
      });
  }

  async function during(next: Fault | null, work: () => Promise<void>): Promise<boolean> {
    fault = next;
    steps = 0;
    calls = 0;
    death = new AbortController();
    try {
      await work();
    } catch (error) {
      if (!death.signal.aborted) throw error;
    }
    await untilQuiet();
    fault = null;
    const died = death.signal.aborted;
    death = new AbortController();
    return !died;
  }

  async function untilQuiet(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 3; quietTurns = running === 0 ? quietTurns + 1 : 0)
      await new Promise((resolve) => setImmediate(resolve));
  }

  return { database, transport, during, death: () => death.signal };
}
