import { join } from 'node:path';
import type { Logger } from 'pino';
import { seedDemo } from '../demo/seed.ts';
import { loadSettings, type Environment, type Settings } from '../platform/config/settings.ts';
import { StartupError } from '../platform/config/startup-error.ts';
import { runUntilStopped } from '../platform/lifecycle/run-until-stopped.ts';
import { startSystem, type System } from '../platform/lifecycle/system.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { createMetrics } from '../platform/telemetry/metrics.ts';
import { addressLines, demoLines, type Print } from './banner.ts';
import { definitions } from './definitions.ts';

/** `onsale start`: runs until it is told to stop. @returns the exit code */
export async function start(environment: Environment, options: { services: string }, print: Print): Promise<number> {
  if (options.services !== 'all') {
    throw new StartupError(
      `--services=${options.services} is not supported by this version: it runs all services in one process. Leave it out, or say --services=all.`,
    );
  }
  const settings = loadSettings(environment);
  const logger = createLogger({ level: settings.log.level });
  const metrics = createMetrics({ process: true });
  return runUntilStopped(
    logger,
    () => startSystem({ settings, definitions, logger, metrics }),
    async (system) => {
      print(addressLines(system.url, performance.now()));
      try {
        await makeDemo(settings, system, logger, print);
      } finally {
        // Without its demo the system is as good as with it.
        system.ready();
      }
    },
  );
}

/** Once per data directory; a run that was cut off is completed by the next one. */
async function makeDemo({ demo, database }: Settings, { url, services }: System, logger: Logger, print: Print): Promise<void> {
  if (!demo.enabled) return;
  const marker = database.embedded ? { markerPath: join(database.dataDir, 'demo-seeded') } : {};
  const log = (line: string): void => logger.info(`demo: ${line}`);
  const { seeded, events, elapsedMs } = await seedDemo({ baseUrl: url, services, log, ...marker });
  print(demoLines(seeded ? { events, elapsedMs } : null));
}
