import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import { StartupError } from '../config/startup-error.ts';
import type { StoredFile } from './manifest.ts';

/** Rows are text that repeats itself; more effort would take longer than the disk. */
const GZIP_LEVEL = 1;

/** Writes what comes, packed, and says what became of it. On the disk when it resolves. */
export async function storePacked(source: Readable, folder: string, path: string, signal: AbortSignal): Promise<StoredFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const file = createWriteStream(join(folder, path), { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(source, createGzip({ level: GZIP_LEVEL }), counted, file, { signal });
  return { path, bytes, sha256: hash.digest('hex') };
}

/** @throws StartupError when the file is not what it was */
export async function checkFile(folder: string, { path, bytes, sha256 }: StoredFile, signal: AbortSignal): Promise<void> {
  const full = join(folder, path);
  const found = await stat(full).catch(() => null);
  if (found === null) throw new StartupError(`${full} is missing: the backup is not whole.`);
  if (found.size !== bytes) throw new StartupError(`${full} is damaged: it has ${found.size} bytes and had ${bytes}.`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(full), hash, { signal });
  if (hash.digest('hex') !== sha256) throw new StartupError(`${full} is damaged: its contents are not what was written.`);
}
