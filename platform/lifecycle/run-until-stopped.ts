import type { Logger } from 'pino';

type Stoppable = { stop(): Promise<void> };

/** A second signal, or a crash while stopping, must not wait for what hangs. */
const CRASH_STOP_MS = 8_000;
/** 128 + SIGINT, as shells say it. */
const EXIT_INTERRUPTED = 130;

/**
 * Runs a program until SIGINT, SIGTERM or SIGHUP, then stops it in order; the second signal ends it at once. What nobody caught
 * is logged and ends the program with 1, after trying to stop it.
 *
 * @returns the exit code
 */
export async function runUntilStopped<T extends Stoppable>(
  logger: Logger,
  start: () => Promise<T>,
  onStarted: (program: T) => Promise<void>,
): Promise<number> {
  const asked = Promise.withResolvers<number>();
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    // Exit handlers still take the embedded server along.
    if (signals > 1) process.exit(EXIT_INTERRUPTED);
    logger.info({ signal }, 'Stopping; once more ends it at once.');
    asked.resolve(0);
  };
  const onCrash = (error: unknown): void => {
    logger.fatal({ err: error }, 'An error that nobody caught: stopping.');
    asked.resolve(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);

  const program = await start();
  // What comes after the start is work of its own: it does not delay a stop, and its failure is not the program's.
  void onStarted(program).catch((error: unknown) => {
    if (signals === 0) logger.error({ err: error }, 'What was to be done after the start failed; the next start tries again.');
  });
  const code = await asked.promise;
  if (code !== 0) setTimeout(() => process.exit(code), CRASH_STOP_MS).unref();
  await program.stop();
  return code;
}
