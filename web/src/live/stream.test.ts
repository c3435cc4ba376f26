import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './stream.ts';

describe('pauses between connections', () => {
  it('grow, stay bounded and differ from page to page', () => {
    expect(retryDelayMs(0, 1)).toBe(500);
    expect(retryDelayMs(3, 1)).toBe(4000);
    expect(retryDelayMs(500, 1)).toBe(15_000);
    expect(retryDelayMs(3, 0)).toBe(2000);
  });
});
