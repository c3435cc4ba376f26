import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ApiRefusal } from '../demo/api.ts';
import { seedDemo } from '../demo/seed.ts';
import { loadSettings, type Environment, type Settings } from '../platform/config/settings.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { runUntilStopped } from '../platform/lifecycle/run-until-stopped.ts';
import { startSystem, type System } from '../platform/lifecycle/system.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { createMetrics } from '../platform/telemetry/metrics.ts';
import { addressLines, demoLines, partLines, type Print } from './banner.ts';
import { definitions } from './definitions.ts';

/** `onsale start`: runs until it is told to stop. @returns the exit code */
export async function start(environment: Environment, options: { services: string }, print: Print): Promise<number> {
  const settings = loadSettings(environment);
  const logger = createLogger({ level: settings.log.level });
  const metrics = createMetrics({ process: true });
  return runUntilStopped(
    logger,
    () => startSystem({ settings, definitions, services: options.services, logger, metrics }),
    async (system) => {
      const { here, elsewhere } = system.placement;
      const isGateway = here.some(({ name }) => name === 'gateway');
      if (isGateway) print(addressLines(system.url, performance.now()));
      if (elsewhere.length > 0) print(partLines(system, performance.now()));
      try {
        if (isGateway) await makeDemo(settings, system, logger, print);
      } finally {
        // Without its demo the system is as good as with it.
        system.ready();
      }
    },
  );
}

/** Once per data directory; a run that was cut off is completed by the next one. */
async function makeDemo(
  { demo, database }: Settings,
  { url, services, placement }: System,
  logger: Logger,
  print: Print,
): Promise<void> {
  if (!demo.enabled) return;
  const marker = database.embedded ? { markerPath: join(database.dataDir, 'demo-seeded') } : {};
  const log = (line: string): void => logger.info(`demo: ${line}`);
  const { seeded, events, elapsedMs } = await onceOthersAnswer(placement, () =>
    seedDemo({ baseUrl: url, services, log, ...marker }),
  );
  print(demoLines(seeded ? { events, elapsedMs } : null));
}

const OTHERS_TRIES = 120;
const BETWEEN_TRIES_MS = 500;

/** Processes are started in any order; what others are needed for waits for them, a minute at most. */
async function onceOthersAnswer<T>({ elsewhere }: System['placement'], work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const away = (error instanceof ApiError || error instanceof ApiRefusal) && error.code === 'SERVICE_UNAVAILABLE';
      if (!away || elsewhere.length === 0 || tries === OTHERS_TRIES) throw error;
      await delay(BETWEEN_TRIES_MS);
    }
  }
}
