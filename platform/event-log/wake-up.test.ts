import { describe, expect, it } from 'vitest';
import { createWakeUp } from './wake-up.ts';

describe('wake-up', () => {
  it('remembers one ring for who waits later', async () => {
    const bell = createWakeUp();
    bell.ring();
    bell.ring();
    expect(await bell.wait(60_000)).toBe(true);
    expect(await bell.wait(1)).toBe(false);
  });

  it('is quiet once it was heard without waiting', async () => {
    const bell = createWakeUp();
    bell.ring();
    expect([bell.hush(), bell.hush()]).toEqual([true, false]);
    expect(await bell.wait(1)).toBe(false);
  });

  it('ends a wait at once', async () => {
    const bell = createWakeUp();
    const waiting = bell.wait(60_000);
    bell.ring();
    expect(await waiting).toBe(true);
    expect(await bell.wait(1)).toBe(false);
  });
});
