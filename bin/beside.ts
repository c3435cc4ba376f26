import { createRevocations } from '../platform/auth/revocations.ts';
import { loadSettings, type Environment, type Settings } from '../platform/config/settings.ts';
import { assemble, type Assembled } from '../platform/lifecycle/assemble.ts';
import { findDatabases } from '../platform/lifecycle/postgres-server.ts';
import { allSettled, createTeardown } from '../platform/lifecycle/teardown.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { createMetrics } from '../platform/telemetry/metrics.ts';
import { definitions } from './definitions.ts';

/** Works on the databases of a running program, or of one that is stopped, without taking part in its work. */
export async function beside(
  environment: Environment,
  work: (services: readonly Assembled[], settings: Settings) => Promise<number>,
): Promise<number> {
  const settings = loadSettings(environment);
  const logger = createLogger({ level: 'warn' });
  const teardown = createTeardown(logger);
  try {
    const addresses = await findDatabases(settings, { logger, teardown, join: true });
    const services = await assemble({
      settings,
      definitions,
      addresses,
      logger,
      metrics: createMetrics(),
      teardown,
      revocations: createRevocations(),
    });
    await allSettled(services.map(async ({ service }) => service.start?.()));
    for (const { name, service } of services) teardown.add(name, async () => service.stop?.());
    return await work(services, settings);
  } finally {
    await teardown.run();
  }
}
