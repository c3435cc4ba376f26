import { describe, expect, it } from 'vitest';
import { createLookup } from './lookup.ts';

describe('a lookup', () => {
  it('reads what is asked for at the same time in one statement, each id once', async () => {
    const asked: (readonly string[])[] = [];
    const find = createLookup('test.lookup', (ids) => {
      asked.push(ids);
      return Promise.resolve(new Map(ids.filter((id) => id !== 'absent').map((id) => [id, id.toUpperCase()])));
    });
    expect(await Promise.all([find('a'), find('b'), find('a'), find('absent')])).toEqual(['A', 'B', 'A', undefined]);
    expect(asked).toEqual([['a', 'b', 'absent']]);
  });

  it('never answers with a read that began before it was asked', async () => {
    const answers = Promise.withResolvers<void>();
    let version = 1;
    const find = createLookup('test.lookup', async (ids) => {
      const seen = version;
      if (seen === 1) await answers.promise;
      return new Map(ids.map((id) => [id, seen]));
    });
    const before = find('a');
    await new Promise((resolve) => setImmediate(resolve));
    version = 2;
    const after = find('a');
    answers.resolve();
    expect(await Promise.all([before, after])).toEqual([1, 2]);
  });

  it('tells everybody in it when it fails, and goes on', async () => {
    let away = true;
    const find = createLookup('test.lookup', (ids) => {
      if (away) return Promise.reject(new Error('away'));
      return Promise.resolve(new Map(ids.map((id) => [id, id])));
    });
    const both = await Promise.allSettled([find('a'), find('b')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect(await find('a')).toBe('a');
  });
});
