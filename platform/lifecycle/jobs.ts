import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Job } from './service.ts';

const BUCKETS_SECONDS = [0.001, 0.01, 0.1, 1, 10, 60];

/** Runs a job again and again, first after one interval. `stop` waits for the run under way, whose signal is aborted. */
export function startJob(job: Job, options: { service: string; logger: Logger; metrics: Metrics }): { stop(): Promise<void> } {
  const { service, logger } = options;
  const durations = options.metrics.histogram('onsale_job_seconds', 'Time of one run of a job', BUCKETS_SECONDS, [
    'service',
    'job',
    'outcome',
  ]);
  const stopping = new AbortController();
  const finished = loop();

  async function loop(): Promise<void> {
    while (await pause()) await once();
  }

  /** False when it is time to stop. */
  async function pause(): Promise<boolean> {
    try {
      await delay(job.everyMs, undefined, { signal: stopping.signal });
      return true;
    } catch {
      return false;
    }
  }

  async function once(): Promise<void> {
    const startedMs = performance.now();
    let outcome = 'ok';
    try {
      await job.run(stopping.signal);
    } catch (error) {
      outcome = 'failed';
      if (!stopping.signal.aborted) logger.error({ err: error, job: job.name }, 'A job failed; it runs again at its next time.');
    }
    durations.observe((performance.now() - startedMs) / 1000, { service, job: job.name, outcome });
  }

  return {
    stop: () => {
      stopping.abort();
      return finished;
    },
  };
}
