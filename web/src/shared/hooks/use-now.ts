import { useEffect, useState } from 'react';
import { serverNow } from '../api/server-clock.ts';

/** The server's time in ms, again and again; `stepMs` apart. `null` as step stops it. */
export function useServerNow(stepMs: number | null): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    if (stepMs === null) return;
    setNow(serverNow());
    const timer = setInterval(() => setNow(serverNow()), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return now;
}
