import { describe, expect, it } from 'vitest';
import { createPasswords } from './passwords.ts';

describe('passwords', () => {
  it('match their own hash and no other', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash('correct horse');
    expect(await passwords.matches('correct horse', hash)).toBe(true);
    expect(await passwords.matches('Correct horse', hash)).toBe(false);
  });

  it('are compared for names that nobody has with the same work, and never match', async () => {
    const passwords = createPasswords({ concurrency: 1 });
    const hash = await passwords.hash('correct horse');
    const elapsedMs = async (stored: string | null): Promise<number> => {
      const start = performance.now();
      for (let i = 0; i < 5; i++) expect(await passwords.matches('wrong horse', stored)).toBe(false);
      return performance.now() - start;
    };
    const [known, unknown] = [await elapsedMs(hash), await elapsedMs(null)];
    // A look-up that skips the hash is over a hundred times faster; a busy machine is not.
    expect(unknown).toBeGreaterThan(known / 4);
  });

  it('refuse a storm beyond their queue with OVERLOADED and finish the rest', async () => {
    const passwords = createPasswords({ concurrency: 1, maxQueue: 2 });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => passwords.matches('x', null)));
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(3);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'OVERLOADED' });
  });
});
