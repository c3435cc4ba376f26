import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../platform/telemetry/logger.ts';
import { createTeardown } from '../platform/lifecycle/teardown.ts';
import { startEmbeddedPostgres } from '../platform/postgres/embedded/start.ts';
import { openDatabase } from '../platform/postgres/pool.ts';
import { withDatabases } from '../verify/databases.ts';
import { startLoadProcess } from './load/load-process.ts';
import type { Bench, Context } from './measures/measure.ts';
import type { Pace } from './measures/pace.ts';
import { deadlocksOf, serverFacts } from './system/facts.ts';
import { createOrganizer } from './system/organizer.ts';
import { MEASURED_SETTINGS, newSecrets, startMeasured, type MeasuredSystem } from './system/spawn.ts';
import { yardstickDatabase } from './yardsticks/database.ts';

const STOP_MS = 40_000;

/** What was found beside what was measured. */
export type Found = { postgres: Record<string, string>; problems: string[] };

export type BenchContext = Context & { found: Found; stop(): Promise<void> };

/** What measures work with. `stop` ends every process that they started and removes every folder, in whatever state they are. */
export function createContext(pace: Pace, note: Context['note'], signal: AbortSignal): BenchContext {
  const logger = createLogger({ level: 'warn' });
  const teardown = createTeardown(logger);
  const found: Found = { postgres: {}, problems: [] };
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
        return await withDatabases(system.settings, logger, (databases) => withBench(system, databases, found, work));
      } finally {
        await stop();
      }
    });

  const withProcesses: Context['withProcesses'] = (count, work) =>
    withFolder(async (folder) => {
      const postgres = await startEmbeddedPostgres({ dataDir: folder, logger });
      const stopPostgres = started('PostgreSQL', () => postgres.stop());
      const environment = {
        ...MEASURED_SETTINGS,
        ...newSecrets(),
        DATABASE_URL: postgres.connectionString('postgres'),
        // All of them together leave the server's 100 connections room for others.
        PG_POOL_SIZE: '3',
      };
      const stops: (() => Promise<void>)[] = [];
      try {
        const systems: MeasuredSystem[] = [];
        for (let index = 0; index < count; index++) {
          const system = await startMeasured('start', environment);
          stops.push(started('system', () => system.stop()));
          systems.push(system);
        }
        const [first] = systems;
        if (first === undefined) throw new Error('There must be a process.');
        const urls = systems.map(({ url }) => url);
        return await withDatabases(first.settings, logger, (databases) =>
          withBench(first, databases, found, (bench) => work(bench, urls)),
        );
      } finally {
        await Promise.all(stops.map((stop) => stop()));
        await stopPostgres();
      }
    });

  return { pace, load, note, signal, found, withProcesses, withSystem, withFolder, started, stop: () => teardown.run() };
}

async function withBench<T>(
  system: MeasuredSystem,
  databases: Bench['databases'],
  found: Found,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const seating = databases.get('seating');
  if (seating === undefined) throw new Error('The system has no seats database.');
  const connectionString = await yardstickDatabase(system.settings);
  const yardstick = openDatabase({ connectionString, name: 'bench', poolSize: 1 });
  try {
    const organizer = await createOrganizer(system.url, system.settings.auth.jwtSecret);
    found.postgres = await serverFacts(seating);
    const outcome = await work({ system, organizer, databases, seating, yardstick });
    const deadlocks = await deadlocksOf(seating);
    if (deadlocks > 0) found.problems.push(`PostgreSQL counted ${deadlocks} deadlocks`);
    return outcome;
  } finally {
    await yardstick.close();
  }
}
