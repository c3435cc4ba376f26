/** Bytes that bring a reader to a version. */
export type Frames = { version: number; bytes: Buffer };

/** Whoever follows an event: `ready` while it reads what it is sent. */
export type Reader = {
  readonly ready: boolean;
  send(bytes: Buffer): unknown;
  onDrain(listener: () => void): void;
};

export type FanOut = {
  /** From a version on; what the reader lacks is sent at once. @returns what ends it */
  follow(reader: Reader, version: number): () => void;
  /** There is a newer version. */
  changed(): void;
  /** What readers have is worth nothing any more: each gets a snapshot. */
  restart(): void;
  readers(): number;
};

/** Changes within this time of the last sending go together. The first after a pause goes at once. */
const WINDOW_MS = 100;
/** Sending takes at most this share of the time, so with very many readers the windows are longer, up to this. */
const MAX_SHARE = 1 / 3;
const MAX_WINDOW_MS = 400;
/** Others get their turn after this long: a reserve must not wait for ten thousand readers. */
const SLICE_MS = 4;
const LOOK_AT_CLOCK_EVERY = 32;

const LOST = -1;

/** What all fan-outs of a process share: how soon the next may begin, by what the last ones took. */
export type Pace = { spent(ms: number): void; freeAtMs(): number };

export function createPace(): Pace {
  let freeAtMs = 0;
  return {
    spent(ms) {
      const nowMs = performance.now();
      freeAtMs = Math.min(nowMs + MAX_WINDOW_MS, Math.max(freeAtMs, nowMs - ms) + ms / MAX_SHARE);
    },
    freeAtMs: () => freeAtMs,
  };
}

/** Sends what changed to all readers: once in a window, in slices, the same bytes to all who are at the same version. */
export function createFanOut(source: { version(): number; frames(from: number, to: number): Frames }, pace: Pace): FanOut {
  type Follower = { reader: Reader; version: number };
  const followers = new Set<Follower>();
  let state: 'idle' | 'waiting' | 'sending' | 'sending, more to come' = 'idle';
  let windowEndsAtMs = 0;

  function bringTo(follower: Follower, version: number): void {
    const { bytes, version: reached } = source.frames(follower.version, version);
    follower.version = reached;
    follower.reader.send(bytes);
  }

  function changed(): void {
    if (state === 'sending') state = 'sending, more to come';
    if (state !== 'idle' || followers.size === 0) return;
    state = 'waiting';
    const waitMs = Math.max(windowEndsAtMs, pace.freeAtMs()) - performance.now();
    // Never within the commit that brought the change: its buyers are answered first.
    if (waitMs > 0) setTimeout(begin, waitMs);
    else setImmediate(begin);
  }

  function begin(): void {
    state = 'sending';
    windowEndsAtMs = performance.now() + WINDOW_MS;
    goOn(followers.values(), source.version());
  }

  /** @returns whether these were the last */
  function sendSome(rest: SetIterator<Follower>, version: number): boolean {
    for (let count = 0; count < LOOK_AT_CLOCK_EVERY; count++) {
      const { value, done } = rest.next();
      if (done === true) return true;
      if (value.version < version && value.reader.ready) bringTo(value, version);
    }
    return false;
  }

  /** Whoever joins meanwhile is visited too, and has everything already. */
  function goOn(rest: SetIterator<Follower>, version: number): void {
    const startMs = performance.now();
    let done = false;
    while (!done && performance.now() - startMs < SLICE_MS) done = sendSome(rest, version);
    pace.spent(performance.now() - startMs);
    if (!done) {
      setImmediate(goOn, rest, version);
      return;
    }
    const more = state === 'sending, more to come';
    state = 'idle';
    if (more) changed();
  }

  return {
    follow(reader, version) {
      const follower = { reader, version: version > source.version() ? LOST : version };
      if (follower.version !== source.version()) bringTo(follower, source.version());
      followers.add(follower);
      reader.onDrain(() => {
        // It was left out while it was behind.
        if (followers.has(follower) && follower.version < source.version()) bringTo(follower, source.version());
      });
      return () => void followers.delete(follower);
    },
    changed,
    restart() {
      for (const follower of followers) follower.version = LOST;
      changed();
    },
    readers: () => followers.size,
  };
}
