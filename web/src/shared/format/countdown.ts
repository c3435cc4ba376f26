/** Whole seconds that are left, rounded up: the last second is shown until it is over. Never negative. */
export function secondsLeft(endsAtMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((endsAtMs - nowMs) / 1000));
}

/** "14:05", "1:02:03", and from two days on "3 days". */
export function formatCountdown(seconds: number): string {
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} days`;
  const pad = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** The share of the whole time that is left, 0 to 1. */
export function shareLeft(endsAtMs: number, nowMs: number, wholeSeconds: number): number {
  if (wholeSeconds <= 0) return 0;
  return Math.min(1, Math.max(0, (endsAtMs - nowMs) / (wholeSeconds * 1000)));
}

const SPOKEN_AT_SECONDS = [300, 60, 30, 10];

/**
 * What to say aloud between two looks at the clock, or nothing: a screen reader must hear the end coming,
 * but not every second of it.
 */
export function spokenRemaining(beforeSeconds: number, nowSeconds: number): string | null {
  if (nowSeconds === 0 && beforeSeconds > 0) return 'The time is over. Your seats are no longer held.';
  const passed = SPOKEN_AT_SECONDS.find((mark) => beforeSeconds > mark && nowSeconds <= mark);
  if (passed === undefined) return null;
  return passed >= 60 ? `${passed / 60} ${passed === 60 ? 'minute' : 'minutes'} left to pay.` : `${passed} seconds left to pay.`;
}
