import { resolve } from 'node:path';
import { checkWhole, restore, type RestoreOptions } from '../platform/backup/restore.ts';
import type { Manifest } from '../platform/backup/manifest.ts';
import { loadSettings, type Environment } from '../platform/config/settings.ts';
import { createTeardown } from '../platform/lifecycle/teardown.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import type { Print } from './banner.ts';
import { refuseKafka } from './backup.ts';
import { interruptible } from './interruptible.ts';
import { findSchemas, schemas } from './schemas.ts';

export type RestoreCommandOptions = { replace?: boolean; check?: boolean };

/** `onsale restore <folder>`. @returns the exit code */
export async function restoreBackup(
  environment: Environment,
  given: string,
  { replace = false, check = false }: RestoreCommandOptions,
  print: Print,
): Promise<number> {
  const folder = resolve(given);
  const onProgress = (line: string): void => console.error(`… ${line}`);
  if (check) {
    const look = async (signal: AbortSignal): Promise<number> => {
      const manifest = await checkWhole({ folder, schemas, signal, onProgress });
      print([`The backup of ${takenAt(manifest)} is whole, and this version can restore it.`]);
      return 0;
    };
    return interruptible(look, () => 'Stopped.');
  }
  const settings = loadSettings(environment);
  refuseKafka(settings);
  const logger = createLogger({ level: 'warn' });
  const teardown = createTeardown(logger);
  const work = async (signal: AbortSignal): Promise<number> => {
    const { embedded, dataDir } = settings.database;
    const options: RestoreOptions = {
      folder,
      schemas,
      addresses: () => findSchemas(settings, { logger, teardown, join: false }),
      keptFolder: embedded ? dataDir : null,
      replace,
      signal,
      onProgress,
    };
    const manifest = await restore(options);
    print([
      `Restored as of ${takenAt(manifest)}.`,
      ...notesOn(manifest, embedded),
      'Start Onsale, then look: onsale verify --settle 60s',
    ]);
    return 0;
  };
  try {
    return await interruptible(
      work,
      () => 'Stopped. If rows were written already, Onsale does not start on them: run the same command again, to its end.',
    );
  } finally {
    await teardown.run();
  }
}

function takenAt({ databases, startedAt }: Manifest): string {
  return databases[0]?.takenAt ?? startedAt;
}

/** The secrets have to come along: tokens are signed with one, and the key that signs tickets is sealed with the other. */
function notesOn({ kept }: Manifest, embedded: boolean): string[] {
  const secrets = kept.some(({ name }) => name.endsWith('.secret'));
  if (secrets === embedded) return [];
  return embedded
    ? ['The backup is of a system on a server of its own: start with the JWT_SECRET and INTERNAL_SECRET of that system.']
    : ['The backup is of an embedded system: its JWT_SECRET and INTERNAL_SECRET are in the folder kept/ of the backup (gunzip).'];
}
