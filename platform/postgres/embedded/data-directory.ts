import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, mkdir, readFile, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../../config/startup-error.ts';
import type { Binaries } from './binaries.ts';
import { runProgram } from './programs.ts';

export type DataDirectory = {
  root: string;
  /** PostgreSQL's own data directory. */
  pgData: string;
  passwordFile: string;
  logFile: string;
  /** Takes library links when the installed package cannot. */
  linkFolder: string;
};

export const DATABASE_USER = 'onsale';

/** Makes the directory if needed and sees that it can be used at all. */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(
      `The data directory ${path} cannot be used: ${reason}. Make it writable, or choose another with ONSALE_DATA_DIR.`,
      { cause: error },
    );
  }
  return dataDirectoryAt(await realpath(path));
}

export function dataDirectoryAt(root: string): DataDirectory {
  return {
    root,
    pgData: join(root, 'postgres'),
    passwordFile: join(root, 'postgres.password'),
    logFile: join(root, 'postgres.log'),
    linkFolder: join(root, 'postgres-lib'),
  };
}

/** Creates the cluster on the first start; on later ones checks that these data can be served. @returns the server's password */
export async function prepareCluster(directory: DataDirectory, binaries: Binaries, durable: boolean): Promise<string> {
  await removeHalfMadeClusters(directory);
  const version = await readVersion(directory.pgData);
  if (version === null) {
    const password = await makePassword(directory);
    await createCluster(directory, binaries, durable);
    return password;
  }
  if (version !== binaries.major) throw wrongVersion(directory, version, binaries.major);
  await checkOwner(directory.pgData);
  // A copy, say from a backup, may be open to others, and the server refuses that.
  await chmod(directory.pgData, 0o700);
  const known = await readPassword(directory);
  return known ?? (await replacePassword(directory, binaries));
}

/** initdb works in a folder aside that is renamed once whole, so that a start cut off in the middle leaves no half of a cluster. */
async function createCluster(directory: DataDirectory, binaries: Binaries, durable: boolean): Promise<void> {
  const aside = `${directory.pgData}.new-${process.pid}`;
  // Made by this process, as in a user namespace initdb may write only in folders of its own user.
  await mkdir(aside, { mode: 0o700 });
  const args = [
    '-D',
    aside,
    '--username',
    DATABASE_USER,
    '--pwfile',
    directory.passwordFile,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
  ];
  const collation = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  await runProgram(binaries, binaries.initdb, [...args, ...collation, ...(durable ? [] : ['--no-sync'])]);
  await rename(aside, directory.pgData);
}

async function removeHalfMadeClusters({ root, pgData }: DataDirectory): Promise<void> {
  const leftovers = (await readdir(root)).map((name) => join(root, name)).filter((path) => path.startsWith(`${pgData}.new-`));
  for (const path of leftovers) await rm(path, { recursive: true, force: true });
}

async function readVersion(pgData: string): Promise<string | null> {
  try {
    return (await readFile(join(pgData, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') throw await foreignOwner(pgData);
    const there = await readdir(pgData).catch(() => null);
    if (there === null) return null;
    throw new StartupError(
      `${pgData} is there but is no PostgreSQL data directory (it has no PG_VERSION). Move it away, or choose another directory with ONSALE_DATA_DIR.`,
      { cause: error },
    );
  }
}

function wrongVersion({ root }: DataDirectory, found: string, expected: string): StartupError {
  return new StartupError(
    `The data in ${root} were written by PostgreSQL ${found}; this version brings PostgreSQL ${expected}, which cannot read them. ` +
      `Start the version of Onsale that made them, or move the data to a PostgreSQL ${found} server and set DATABASE_URL, or start empty in another directory with ONSALE_DATA_DIR.`,
  );
}

async function checkOwner(pgData: string): Promise<void> {
  const me = process.getuid?.();
  if (me !== undefined && (await stat(pgData)).uid !== me) throw await foreignOwner(pgData);
}

async function foreignOwner(pgData: string): Promise<StartupError> {
  const owner = await stat(pgData).then(
    ({ uid }) => `user id ${uid}`,
    () => 'another user',
  );
  return new StartupError(
    `The database in ${pgData} belongs to ${owner}, and you are user id ${process.getuid?.()}. Start as that user, or choose another directory with ONSALE_DATA_DIR.`,
  );
}

async function makePassword({ passwordFile }: DataDirectory): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  return password;
}

export async function readPassword({ passwordFile }: DataDirectory): Promise<string | null> {
  const content = await readFile(passwordFile, 'utf8').catch(() => '');
  return content.trim() || null;
}

/** The file is gone but the data are whole: whoever may write the data directory may set a new password, in single-user mode. */
async function replacePassword(directory: DataDirectory, binaries: Binaries): Promise<string> {
  const password = await makePassword(directory);
  await runProgram(
    binaries,
    binaries.postgres,
    ['--single', '-D', directory.pgData, 'postgres'],
    `ALTER ROLE ${DATABASE_USER} PASSWORD '${password}'\n`,
  );
  return password;
}
