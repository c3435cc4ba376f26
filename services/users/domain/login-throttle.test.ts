import { describe, expect, it } from 'vitest';
import { createLoginThrottle } from './login-throttle.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Attempts as often as the throttle lets them, until `untilMs`. @returns how many got through */
function guesses(throttle: ReturnType<typeof createLoginThrottle>, untilMs: number, addressOf: (n: number) => string): number {
  let through = 0;
  let sent = 0;
  for (let ms = 0; ms < untilMs; ms += SECOND) {
    for (let i = 0; i < 5; i++) if (throttle.take('alice', addressOf((sent += 1)), ms) === 0) through += 1;
  }
  return through;
}

describe('the throttle of logins', () => {
  it('lets somebody mistype, and makes them wait twice as long with every failure after that', () => {
    const throttle = createLoginThrottle(100);
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 16; i++) {
      const waitMs = throttle.take('alice', 'home', now);
      if (waitMs > 0) waits.push(waitMs / SECOND);
      now += waitMs;
      if (waitMs > 0) expect(throttle.take('alice', 'home', now)).toBe(0);
    }
    expect(waits.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 32]);
    expect(Math.max(...waits)).toBe(300);
  });

  it('counts attempts at the same time before any of them has an answer', () => {
    const throttle = createLoginThrottle(100);
    const through = Array.from({ length: 100 }, () => throttle.take('alice', 'attacker', 0)).filter((waitMs) => waitMs === 0);
    expect(through).toHaveLength(5);
  });

  it('does not lengthen the wait of who comes too early', () => {
    const throttle = createLoginThrottle(100);
    for (let i = 0; i < 5; i++) throttle.take('alice', 'home', 0);
    for (let i = 0; i < 50; i++) expect(throttle.take('alice', 'home', 500)).toBe(500);
    expect(throttle.take('alice', 'home', SECOND)).toBe(0);
  });

  it('forgets failures after a success, and after an hour', () => {
    const throttle = createLoginThrottle(100);
    for (let i = 0; i < 5; i++) throttle.take('alice', 'home', 0);
    throttle.succeeded('alice', 'home', 0);
    expect(throttle.take('alice', 'home', 0)).toBe(0);
    for (let i = 0; i < 8; i++) throttle.take('bob', 'home', i * 10 * SECOND);
    expect(throttle.take('bob', 'home', 71 * SECOND)).toBeGreaterThan(0);
    expect([0, 1, 2, 3].map(() => throttle.take('bob', 'home', 90 * MINUTE))).toEqual([0, 0, 0, 0]);
  });

  it('lets one address guess about 300 passwords a day, and all addresses together fewer than 3,000', () => {
    expect(guesses(createLoginThrottle(1_000), 24 * 60 * MINUTE, () => 'attacker')).toBeLessThan(310);
    expect(guesses(createLoginThrottle(500_000), 24 * 60 * MINUTE, (n) => `bot ${n}`)).toBeLessThan(3_000);
  });

  it('never locks out who has signed in from their address before, however hard others try in their name', () => {
    const throttle = createLoginThrottle(10_000);
    throttle.take('alice', 'home', 0);
    throttle.succeeded('alice', 'home', 0);
    guesses(throttle, 10 * MINUTE, (n) => `bot ${n}`);
    const now = 10 * MINUTE - SECOND;
    expect(throttle.take('alice', 'bot x', now)).toBeGreaterThan(0);
    expect(throttle.take('alice', 'home', now)).toBe(0);
    // Elsewhere the wait is short: the next guess of anybody.
    expect(throttle.take('alice', 'hotel', now)).toBeLessThanOrEqual(30 * SECOND);
  });

  it('does not count what was never looked at', () => {
    const throttle = createLoginThrottle(100);
    for (let i = 0; i < 200; i++) {
      expect(throttle.take('alice', 'home', 0)).toBe(0);
      throttle.undo('alice', 'home', 0);
    }
  });

  it('keeps accounts apart', () => {
    const throttle = createLoginThrottle(100);
    for (let i = 0; i < 10; i++) throttle.take('alice', 'home', 0);
    expect(throttle.take('bob', 'home', 0)).toBe(0);
  });
});
