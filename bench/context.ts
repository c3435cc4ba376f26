import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../platform/telemetry/logger.ts';
import { createTeardown } from '../platform/lifecycle/teardown.ts';
import { openDatabase } from '../platform/postgres/pool.ts';
import { withDatabases } from '../verify/databases.ts';
import { startLoadProcess } from './load/load-process.ts';
import type { Bench, Context } from './measures/measure.ts';
import type { Pace } from './measures/pace.ts';
import { createOrganizer } from './system/organizer.ts';
import { MEASURED_SETTINGS, newSecrets, startMeasured, type MeasuredSystem } from './system/spawn.ts';
import { yardstickDatabase } from './yardsticks/database.ts';

const STOP_MS = 40_000;

/** What measures work with. `stop` ends every process that they started and removes every folder, in whatever state they are. */
export function createContext(pace: Pace, note: (line: string) => void): Context & { stop(): Promise<void> } {
  const logger = createLogger({ level: 'warn' });
  const teardown = createTeardown(logger);
  const load = startLoadProcess();
  teardown.add('load generator', () => load.stop());

  /** Stopped when its time has come, or at the end of everything when that comes before. */
  const started: Context['started'] = (name, stop) => {
    let stopped: Promise<void> | null = null;
    const once = (): Promise<void> => (stopped ??= stop());
    teardown.add(name, once, STOP_MS);
    return once;
  };

  async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'onsale-bench-'));
    const remove = started('folder', async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    try {
      return await work(folder);
    } finally {
      await remove();
    }
  }

  const withSystem: Context['withSystem'] = (settings, work) =>
    withFolder(async (dataDir) => {
      const environment = { ...MEASURED_SETTINGS, ...newSecrets(), ONSALE_DATA_DIR: dataDir, ...settings };
      const system = await startMeasured('bench-system', environment);
      const stop = started('system', () => system.stop());
      try {
        return await withDatabases(system.settings, logger, (databases) => withBench(system, databases, work));
      } finally {
        await stop();
      }
    });

  return { pace, load, note, withSystem, withFolder, started, stop: () => teardown.run() };
}

async function withBench<T>(
  system: MeasuredSystem,
  databases: Bench['databases'],
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const seating = databases.get('seating');
  if (seating === undefined) throw new Error('The system has no seats database.');
  const connectionString = await yardstickDatabase(system.settings);
  const yardstick = openDatabase({ connectionString, name: 'bench', poolSize: 1 });
  try {
    const organizer = await createOrganizer(system.url, system.settings.auth.jwtSecret);
    return await work({ system, organizer, databases, seating, yardstick });
  } finally {
    await yardstick.close();
  }
}
