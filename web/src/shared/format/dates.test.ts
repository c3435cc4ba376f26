import { describe, expect, it } from 'vitest';
import { formatDay, formatMoment, formatTime, posterDate } from './dates.ts';

const iso = '2026-12-12T01:30:00Z';

describe('dates', () => {
  it('are told in the zone of the venue', () => {
    expect(formatDay(iso, 'America/New_York')).toBe('Fri 11 Dec 2026');
    expect(formatTime(iso, 'America/New_York')).toBe('20:30');
    expect(formatTime(iso, 'Europe/London')).toBe('01:30');
  });

  it('fall back to the own zone when the browser does not know the venue’s', () => {
    expect(() => formatDay(iso, 'Mars/Olympus_Mons')).not.toThrow();
  });

  it('give a poster its three parts', () => {
    expect(posterDate(iso, 'Europe/London')).toEqual({ weekday: 'Sat', day: '12', month: 'Dec' });
  });

  it('name seconds only when asked', () => {
    const at = new Date(2026, 0, 1, 20, 14, 30).getTime();
    expect(formatMoment(at, false)).toBe('20:14');
    expect(formatMoment(at, true)).toBe('20:14:30');
  });
});
