import { describe, expect, it } from 'vitest';
import { localTime } from './local-time.ts';

const local = (at: Date, timeZone: string): string =>
  at.toLocaleString('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'short' });

describe('local time', () => {
  it.each([
    ['America/New_York', '2026-03-06T12:00:00Z', 2, 20, '08/03/2026, 20:00'],
    ['America/New_York', '2026-01-10T02:00:00Z', 0, 20, '09/01/2026, 20:00'],
    ['Europe/Berlin', '2026-10-24T12:00:00Z', 1, 22, '25/10/2026, 22:00'],
    ['Europe/Berlin', '2026-06-01T12:00:00Z', 1, 28, '03/06/2026, 04:00'],
    ['Europe/London', '2026-06-01T12:00:00Z', 3, 19.5, '04/06/2026, 19:30'],
    ['Asia/Kathmandu', '2026-06-01T23:00:00Z', 0, 18, '02/06/2026, 18:00'],
    ['UTC', '2026-06-01T23:00:00Z', 0, 18, '01/06/2026, 18:00'],
  ])('is what clocks show in %s, also on days when they change', (timezone, now, days, hour, shown) => {
    expect(local(localTime(new Date(now), days, hour, timezone), timezone)).toBe(shown);
  });
});
