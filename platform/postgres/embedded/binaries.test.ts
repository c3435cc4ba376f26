import { chmodSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { findBinaries, linkLibraries } from './binaries.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'package', 'native', 'lib'), { recursive: true });
  writeFileSync(join(folder, 'package', 'native', 'lib', 'libx.so.1.2'), 'x');
  const links = [
    { source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' },
    { source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so' },
  ];
  writeFileSync(join(folder, 'package', 'native', 'pg-symlinks.json'), JSON.stringify(links));
});
afterEach(() => {
  chmodSync(join(folder, 'package', 'native', 'lib'), 0o755);
  rmSync(folder, { recursive: true });
});

const library = (name: string): string => join(folder, 'package', 'native', 'lib', name);

describe('the library links, which npm packages cannot hold', () => {
  it('are made in the package, also by two starts at once, and then left alone', async () => {
    const link = (): Promise<Record<string, string>> => linkLibraries(join(folder, 'package'), join(folder, 'fallback'));
    expect(await Promise.all([link(), link()])).toEqual([{}, {}]);
    expect(readlinkSync(library('libx.so.1'))).toBe('libx.so.1.2');
    expect(readFileSync(library('libx.so'), 'utf8')).toBe('x');
    expect(await link()).toEqual({});
  });

  it.skipIf(process.getuid?.() === 0)('are made elsewhere when the package belongs to another user (not as root)', async () => {
    chmodSync(join(folder, 'package', 'native', 'lib'), 0o555);
    const fallback = join(folder, 'fallback');
    const environment = await linkLibraries(join(folder, 'package'), fallback);
    expect(Object.values(environment)).toEqual([fallback]);
    expect(readFileSync(join(fallback, 'libx.so.1'), 'utf8')).toBe('x');
    expect(await linkLibraries(join(folder, 'package'), fallback)).toEqual(environment);
  });
});

describe('the programs', () => {
  it('are found in the package of this platform', async () => {
    const binaries = await findBinaries(join(folder, 'fallback'));
    expect(binaries.major).toMatch(/^\d+$/);
    expect(readFileSync(binaries.postgres).length).toBeGreaterThan(1_000_000);
  });
});
