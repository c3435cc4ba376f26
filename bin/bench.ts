import { constants } from 'node:os';
import { GROWTH } from '../bench/measures/growth.ts';
import type { Measure } from '../bench/measures/measure.ts';
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

export type BenchCommandOptions = {
  quick?: boolean;
  tiny?: boolean;
  growth?: boolean;
  only?: string;
  out?: string;
  list?: boolean;
};

/** `onsale bench`: measures what Onsale promises. @returns the exit code */
export async function bench(options: BenchCommandOptions, print: Print): Promise<number> {
  const measures = options.growth === true ? GROWTH : MEASURES;
  if (options.list === true) {
    print(measures.map(({ name, what }) => `${name.padEnd(12)} ${what}`));
    return 0;
  }
  const chosen = options.only === undefined ? measures : chosenFrom(measures, options.only.split(','));
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

function chosenFrom(measures: readonly Measure[], names: readonly string[]): Measure[] {
  return names.map((name) => {
    const measure = measures.find((one) => one.name === name.trim());
    if (measure !== undefined) return measure;
    throw new StartupError(`There is no measure "${name}". There are: ${measures.map((one) => one.name).join(', ')}.`);
  });
}

/** `onsale bench-system`: the whole system with the yardsticks' routes beside its own. `onsale bench` starts it. */
export async function benchSystem(environment: Environment, print: Print): Promise<number> {
  const settings = loadSettings(environment);
  const logger = createLogger({ level: settings.log.level });
  const metrics = createMetrics({ process: true });
  return runUntilStopped(
    logger,
    () => startSystem({ settings, definitions: withYardsticks(definitions), logger, metrics }),
    async (system) => {
      print(addressLines(system.url, performance.now()));
      system.ready();
    },
  );
}
