const EXIT_INTERRUPTED = 130;

/**
 * Work that the first Ctrl-C ends in order, and the second at once.
 *
 * @param whenStopped what to say then
 * @returns the exit code
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>, whenStopped: () => string): Promise<number> {
  const stopped = new AbortController();
  const onSignal = (): void => {
    if (stopped.signal.aborted) process.exit(EXIT_INTERRUPTED);
    stopped.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  try {
    return await work(stopped.signal);
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    console.error(whenStopped());
    return EXIT_INTERRUPTED;
  }
}
