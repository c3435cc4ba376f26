import { constants } from 'node:os';
import { MEASURES } from '../bench/measures/measures.ts';
import { FULL, QUICK, TINY } from '../bench/measures/pace.ts';
import { runBench } from '../bench/run-bench.ts';
import { withYardsticks } from '../bench/yardsticks/with-yardsticks.ts';
import { loadSettings, type Environment } from '../platform/config/settings.ts';
import { StartupError } from '../platform/config/startup-error.ts';
import { runUntilStopped } from '../platform/lifecycle/run-until-stopped.ts';
import { startSystem } from '../platform/lifecycle/system.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { createMetrics } from '../platform/telemetry/metrics.ts';
import { addressLines, type Print } from './banner.ts';
import { definitions } from './definitions.ts';

export type BenchCommandOptions = { quick?: boolean; tiny?: boolean; only?: string; out?: string; list?: boolean };

/** `onsale bench`: measures what Onsale promises. @returns the exit code */
export async function bench(options: BenchCommandOptions, print: Print): Promise<number> {
  if (options.list === true) {
    print(MEASURES.map(({ name, what }) => `${name.padEnd(10)} ${what}`));
    return 0;
  }
  const chosen = options.only === undefined ? MEASURES : chosenFrom(options.only.split(','));
  const stopped = new AbortController();
  let code = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // The second one does not wait for what hangs.
      if (stopped.signal.aborted) process.exit(code);
      code = 128 + constants.signals[signal];
      stopped.abort();
    });
  }
  const result = await runBench({
    measures: chosen,
    pace: options.tiny === true ? TINY : options.quick === true ? QUICK : FULL,
    ...(options.out === undefined ? {} : { out: options.out }),
    note: (line) => console.error(line),
    print,
    signal: stopped.signal,
  });
  return code === 0 ? result : code;
}

function chosenFrom(names: readonly string[]) {
  return names.map((name) => {
    const measure = MEASURES.find((one) => one.name === name.trim());
    if (measure !== undefined) return measure;
    throw new StartupError(`There is no measure "${name}". There are: ${MEASURES.map((one) => one.name).join(', ')}.`);
  });
}

/** `onsale bench-system`: the whole system with the yardsticks' routes beside its own. It ends when the bench that started it does. */
export async function benchSystem(environment: Environment, print: Print): Promise<number> {
  const settings = loadSettings(environment);
  const logger = createLogger({ level: settings.log.level });
  const metrics = createMetrics({ process: true });
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  return runUntilStopped(
    logger,
    () => startSystem({ settings, definitions: withYardsticks(definitions), logger, metrics }),
    async (system) => {
      print(addressLines(system.url, performance.now()));
      system.ready();
    },
  );
}
