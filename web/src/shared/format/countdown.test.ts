import { describe, expect, it } from 'vitest';
import { formatCountdown, secondsLeft, shareLeft, spokenRemaining } from './countdown.ts';

describe('the countdown of a hold', () => {
  it('shows the last second until it is over and never goes below zero', () => {
    expect(secondsLeft(10_000, 9_999)).toBe(1);
    expect(secondsLeft(10_000, 10_000)).toBe(0);
    expect(secondsLeft(10_000, 99_000)).toBe(0);
  });

  it('is written like a clock, and in days when far away', () => {
    expect(formatCountdown(0)).toBe('0:00');
    expect(formatCountdown(845)).toBe('14:05');
    expect(formatCountdown(3723)).toBe('1:02:03');
    expect(formatCountdown(3 * 86_400 + 5)).toBe('3 days');
  });

  it('gives the share of the time that is left, within 0 and 1', () => {
    expect(shareLeft(30_000, 15_000, 30)).toBe(0.5);
    expect(shareLeft(30_000, -90_000, 30)).toBe(1);
    expect(shareLeft(30_000, 31_000, 30)).toBe(0);
    expect(shareLeft(30_000, 0, 0)).toBe(0);
  });

  it('is said aloud at few marks, also when a sleeping tab skipped one', () => {
    expect(spokenRemaining(61, 60)).toBe('1 minute left to pay.');
    expect(spokenRemaining(60, 59)).toBeNull();
    expect(spokenRemaining(400, 290)).toBe('5 minutes left to pay.');
    expect(spokenRemaining(1, 0)).toContain('no longer held');
    expect(spokenRemaining(0, 0)).toBeNull();
  });
});
