const LOCK = 'onsale.session';
const LONGEST_WAIT_MS = 10_000;

let last: Promise<unknown> = Promise.resolve();

/** One after the other in this tab: for pages that are not a secure context, where browsers have no locks. */
function inThisTab<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine;
}

/**
 * Runs work on the session's cookie in one tab at a time. A tab that holds the lock too long is passed: two refreshes at once are
 * only unlucky, and nobody's sign-in may hang on another tab.
 */
export async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return inThisTab(work);
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), LONGEST_WAIT_MS);
  let isRunning = false;
  const run = (): Promise<T> => {
    isRunning = true;
    clearTimeout(timer);
    return work();
  };
  try {
    return await navigator.locks.request(LOCK, { signal: waiting.signal }, run);
  } catch (error) {
    if (isRunning || !waiting.signal.aborted) throw error;
    return await work();
  }
}
