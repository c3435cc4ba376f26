import { availableParallelism } from 'node:os';
import { hash, verify, type Options } from '@node-rs/argon2';
import { createBoundedWork } from './bounded-work.ts';

/** OWASP Password Storage Cheat Sheet: argon2id (the default here) with 19 MiB, two passes and one lane. */
const ARGON2ID: Options = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** Of a random password that was thrown away, made with the parameters above: what names that nobody has are compared with. */
const NOBODYS_HASH = '$argon2id$v=19$m=19456,t=2,p=1$dYluRN0VjvEnQ5oepL5hkg$b5yWqntEzlzxVzHFI7AR2jroeVbVeCP2pRIxn8Iyh98';

/** About a second and a half of waiting; people give up later than that, and memory is bounded well before. */
const MAX_QUEUE = 64;
const RETRY_AFTER_SECONDS = 2;

export type Passwords = {
  hash(password: string): Promise<string>;
  /** With no hash to compare with (nobody has that name) it does the same work and says false. */
  matches(password: string, storedHash: string | null): Promise<boolean>;
};

/**
 * Hashes and compares passwords, a few at a time: one core is left to everything else, or a rush of logins would starve the
 * seats. Both throw `OVERLOADED` beyond the queue.
 */
export function createPasswords(options: { concurrency?: number; maxQueue?: number } = {}): Passwords {
  const run = createBoundedWork({
    name: 'a password check',
    concurrency: options.concurrency ?? Math.min(4, Math.max(1, availableParallelism() - 1)),
    maxQueue: options.maxQueue ?? MAX_QUEUE,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
  return {
    hash: (password) => run(() => hash(plain(password), ARGON2ID)),
    matches: async (password, storedHash) => {
      const same = await run(() => verify(storedHash ?? NOBODYS_HASH, plain(password)));
      return same && storedHash !== null;
    },
  };
}

/** The same letters typed on another keyboard may come as other code points (NIST SP 800-63B, 5.1.1.2). */
function plain(password: string): string {
  return password.normalize('NFKC');
}
