import { useEffect, useMemo, useState } from 'react';
import { createSeatFeed, type SeatFeed } from '../../live/seat-feed.ts';

/** The live seats of an event for as long as its page is open. */
export function useSeatFeed(eventId: string): SeatFeed {
  const feed = useMemo(() => createSeatFeed(eventId), [eventId]);
  useEffect(() => feed.start(), [feed]);
  return feed;
}

const SETTLE_MS = 200;

/** Grows when seats have changed, at most five times a second: for what is drawn by React and not by the canvas. */
export function useFeedTick(feed: SeatFeed): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = feed.onChange(() => {
      timer ??= setTimeout(() => {
        timer = null;
        setTick((n) => n + 1);
      }, SETTLE_MS);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [feed]);
  return tick;
}
