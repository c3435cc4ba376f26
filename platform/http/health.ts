import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../telemetry/metrics.ts';

/** Something that must work for this process to be of use. Rejects when it does not. */
export type HealthCheck = { name: string; run: () => Promise<unknown> };

type CheckResult = { name: string; status: 'up' | 'down'; error?: string };
type Health = { status: 'up' | 'down'; state: string; checks: CheckResult[] };

const CHECK_TIMEOUT_MS = 2_000;
/** However often one asks, the checks run this seldom. */
const REMEMBERED_MS = 500;

/**
 * `/health/live`: the process answers. `/health/ready`: it may be sent requests, with every dependency and service by name.
 * `/health`: the same facts, always 200. `/metrics`: for Prometheus. What failed is named, not how: that is in the log.
 */
export function mountHealth(
  app: FastifyInstance,
  options: { checks: () => readonly HealthCheck[]; state: () => 'starting' | 'ready' | 'stopping'; metrics: Metrics },
): void {
  let last: { at: number; checks: Promise<CheckResult[]> } = { at: -Infinity, checks: Promise.resolve([]) };
  const health = async (): Promise<Health> => {
    const now = performance.now();
    if (now - last.at > REMEMBERED_MS) last = { at: now, checks: Promise.all(options.checks().map(runCheck)) };
    const checks = await last.checks;
    const state = options.state();
    const up = state === 'ready' && checks.every(({ status }) => status === 'up');
    return { status: up ? 'up' : 'down', state, checks };
  };
  app.get('/health/live', async () => ({ status: 'up' }));
  app.get('/health/ready', async (_request, reply) => {
    const result = await health();
    if (result.status === 'down') reply.code(503).header('retry-after', '1');
    return result;
  });
  app.get('/health', async () => health());
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await options.metrics.expose();
    return reply.header('content-type', contentType).send(text);
  });
}

async function runCheck({ name, run }: HealthCheck): Promise<CheckResult> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('timeout')), CHECK_TIMEOUT_MS);
  try {
    await Promise.race([run(), late.promise]);
    return { name, status: 'up' };
  } catch (error) {
    return {
      name,
      status: 'down',
      error: error instanceof Error && error.message === 'timeout' ? 'no answer in time' : 'failed',
    };
  } finally {
    clearTimeout(timer);
  }
}
