/** The zone to show a time in; one the browser does not know must not break the page. */
function zone(timezone: string | undefined): string | undefined {
  if (timezone === undefined) return undefined;
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone });
    return timezone;
  } catch {
    return undefined;
  }
}

function format(iso: string, timezone: string | undefined, options: Intl.DateTimeFormatOptions): string {
  const timeZone = zone(timezone);
  return new Intl.DateTimeFormat(LOCALE, { ...options, ...(timeZone !== undefined && { timeZone }) }).format(new Date(iso));
}

/** The pages are in English, so their dates are too, whatever the browser speaks: half a language is worse than another. */
const LOCALE = 'en-GB';

/** "Fri 12 Dec 2026" in the venue's zone. */
export function formatDay(iso: string, timezone?: string): string {
  return format(iso, timezone, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).replace(',', '');
}

/** "20:00" in the venue's zone. */
export function formatTime(iso: string, timezone?: string): string {
  return format(iso, timezone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** The three parts that a poster sets in a column: weekday, day, month. */
export function posterDate(iso: string, timezone?: string): { weekday: string; day: string; month: string } {
  return {
    weekday: format(iso, timezone, { weekday: 'short' }),
    day: format(iso, timezone, { day: '2-digit' }),
    month: format(iso, timezone, { month: 'short' }),
  };
}

/** A moment by the visitor's own wall clock, with seconds only when the wait is short: "20:14" or "20:14:30". */
export function formatMoment(ms: number, withSeconds: boolean): string {
  const seconds = withSeconds ? ({ second: '2-digit' } as const) : {};
  return new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...seconds }).format(ms);
}
