import { useEffect, useRef, useState } from 'react';
import { secondsLeft, shareLeft, spokenRemaining } from '../../shared/format/countdown.ts';
import { useServerNow } from '../../shared/hooks/use-now.ts';

export type Countdown = { seconds: number; share: number; endsAtMs: number; spoken: string };

/** The time a hold has left, a step a second, with what a screen reader says at its marks. */
export function useCountdown(expiresAt: string, ttlSeconds: number): Countdown {
  const endsAtMs = Date.parse(expiresAt);
  const now = useServerNow(1000);
  const seconds = secondsLeft(endsAtMs, now);
  const before = useRef(seconds);
  const [spoken, setSpoken] = useState('');
  useEffect(() => {
    const words = spokenRemaining(before.current, seconds);
    before.current = seconds;
    if (words !== null) setSpoken(words);
  }, [seconds]);
  return { seconds, share: shareLeft(endsAtMs, now, ttlSeconds), endsAtMs, spoken };
}
