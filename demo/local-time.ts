const DAY_MS = 24 * 3600 * 1000;

/**
 * So many days from now, at an hour that clocks in a time zone show: doors open in the evening where the venue is. Hours beyond 24
 * are of the next day.
 */
export function localTime(now: Date, days: number, hour: number, timezone: string): Date {
  const day = new Date(now.getTime() + days * DAY_MS);
  const [year, month, date] = new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(day).split('-').map(Number);
  const asIfUtc = Date.UTC(year ?? 0, (month ?? 1) - 1, date ?? 1) + hour * 3600 * 1000;
  // The offset at the first guess is right unless the clocks change in between; the second look settles that.
  const guess = asIfUtc - offsetMs(new Date(asIfUtc), timezone);
  return new Date(asIfUtc - offsetMs(new Date(guess), timezone));
}

/** How far the clocks of a time zone are ahead of UTC. */
function offsetMs(at: Date, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' }).formatToParts(at);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)$/.exec(name) ?? [];
  const ms = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -ms : ms;
}
