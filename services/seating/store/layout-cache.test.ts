import { expect, it } from 'vitest';
import type { Tx } from '../../../platform/postgres/database.ts';
import { createLayoutCache } from './layout-cache.ts';

const empty: Tx = { rows: () => Promise.resolve([]), run: () => Promise.resolve(0) };

it('makes nobody wait for, or fail with, the connection of another', async () => {
  const layouts = createLayoutCache();
  const never: Tx = { rows: () => new Promise(() => undefined), run: () => Promise.resolve(0) };
  void layouts.get(never, 'evt_1', 1);
  expect((await layouts.get(empty, 'evt_1', 1)).sections).toEqual([]);

  const broken: Tx = { rows: () => Promise.reject(new Error('current transaction is aborted')), run: () => Promise.resolve(0) };
  const failing = layouts.get(broken, 'evt_2', 1);
  const other = layouts.get(empty, 'evt_2', 1);
  await expect(failing).rejects.toThrow('aborted');
  expect((await other).sections).toEqual([]);
});

it('reads a layout once a version', async () => {
  const layouts = createLayoutCache();
  const first = await layouts.get(empty, 'evt_1', 1);
  expect(await layouts.get(empty, 'evt_1', 1)).toBe(first);
  expect(await layouts.get(empty, 'evt_1', 2)).not.toBe(first);
});
