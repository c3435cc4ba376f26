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
      await makeDemo(settings, system, print);
      system.ready();
    },
  );
}

async function makeDemo(settings: Settings, system: System, print: Print): Promise<void> {
  if (!settings.demo.enabled) return;
  void system;
  print(demoLines(null));
}
