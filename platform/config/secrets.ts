import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIN_SECRET_LENGTH } from './parsers.ts';
import { StartupError } from './startup-error.ts';

const SECRET_BYTES = 32;

/** The secret kept in this file of the data directory, made at the first start. Readable by its owner only. */
export function keptSecret(dataDir: string, fileName: string): string {
  const path = join(dataDir, fileName);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const made = randomBytes(SECRET_BYTES).toString('base64url');
    // Never overwrites: tokens signed with the old secret are still out there.
    writeFileSync(path, `${made}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw unusable(path, error);
  }
  return readSecret(path);
}

function readSecret(path: string): string {
  let secret: string;
  try {
    secret = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw unusable(path, error);
  }
  if (secret.length >= MIN_SECRET_LENGTH) return secret;
  throw new StartupError(
    `The secret in ${path} is damaged (shorter than ${MIN_SECRET_LENGTH} characters). Delete the file: a new one is made, and everybody signs in again.`,
  );
}

function unusable(path: string, error: unknown): StartupError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StartupError(
    `The secret in ${path} can be neither read nor made: ${reason}. Make the folder writable, or choose another with ONSALE_DATA_DIR.`,
    {
      cause: error,
    },
  );
}
