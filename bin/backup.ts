import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { backUp } from '../platform/backup/back-up.ts';
import type { Manifest } from '../platform/backup/manifest.ts';
import { loadSettings, type Environment, type Settings } from '../platform/config/settings.ts';
import { StartupError } from '../platform/config/startup-error.ts';
import { createTeardown } from '../platform/lifecycle/teardown.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import type { Print } from './banner.ts';
import { interruptible } from './interruptible.ts';
import { findSchemas, KEPT_FILES } from './schemas.ts';

/** `onsale backup [folder]`: beside the running program, or while it is stopped. @returns the exit code */
export async function backup(environment: Environment, given: string | undefined, print: Print): Promise<number> {
  const settings = loadSettings(environment);
  const { embedded, dataDir } = settings.database;
  refuseKafka(settings);
  if (embedded && !existsSync(join(dataDir, 'postgres')))
    throw new StartupError(`There is nothing to back up in ${dataDir}: Onsale was never started there.`);
  const folder = resolve(given ?? nameByTime(new Date()));
  const logger = createLogger({ level: 'warn' });
  const teardown = createTeardown(logger);
  const work = async (signal: AbortSignal): Promise<number> => {
    const startedMs = performance.now();
    const databases = await findSchemas(settings, { logger, teardown, join: true });
    const kept = embedded ? KEPT_FILES.map((name) => ({ name, path: join(dataDir, name) })) : [];
    const manifest = await backUp({ databases, folder, kept, signal, onProgress: (line) => console.error(`… ${line}`) });
    print(summaryOf(manifest, folder, performance.now() - startedMs));
    return 0;
  };
  try {
    return await interruptible(work, () => 'Stopped. There is no backup, and nothing of it was left behind.');
  } finally {
    await teardown.run();
  }
}

/** What is on its way is on the brokers then, and so is how far each consumer has come: neither can be held still with the databases. */
export function refuseKafka({ kafka }: Settings): void {
  if (kafka === null) return;
  throw new StartupError(
    'With KAFKA_BROKERS a backup of the databases is not one of the system, as the event log is on Apache Kafka. Back up servers and brokers with their own tools: see docs/operations.md.',
  );
}

function nameByTime(now: Date): string {
  return `onsale-backup-${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}

function summaryOf({ databases, kept, pausedMs }: Manifest, folder: string, elapsedMs: number): string[] {
  const tables = databases.flatMap((database) => database.tables);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const bytes = tables.reduce((sum, { file }) => sum + file.bytes, 0);
  const size = bytes < 10_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${Math.ceil(bytes / 1_000_000)} MB`;
  const secrets = kept.some(({ name }) => name.endsWith('.secret'));
  return [
    `${databases.length} databases, ${rows.toLocaleString('en')} rows, ${size}, in ${(elapsedMs / 1000).toFixed(1)} s; writing paused for ${Math.ceil(pausedMs)} ms.`,
    folder,
    secrets
      ? 'It holds the personal data of buyers and the secrets of this system: keep it as safe as those.'
      : 'It holds the personal data of buyers: keep it safe. JWT_SECRET and INTERNAL_SECRET are not in it: keep those apart.',
  ];
}
