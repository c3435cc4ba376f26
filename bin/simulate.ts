import type { SimulateArguments } from '../bench/simulate/arguments.ts';
import type { Environment } from '../platform/config/settings.ts';

const EXIT_INTERRUPTED = 130;

/** `onsale simulate`: the first Ctrl-C ends it with a report, the second at once. @returns 0 when all went as it must, else 1 */
export async function runSimulate(environment: Environment, given: SimulateArguments): Promise<number> {
  const ending = new AbortController();
  const onSignal = (): void => {
    if (ending.signal.aborted) process.exit(EXIT_INTERRUPTED);
    ending.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const { stdout } = process;
  const screen = {
    isTerminal: stdout.isTTY,
    columns: (stdout.isTTY && stdout.columns) || 100,
    write: (text: string) => void stdout.write(text),
  };
  // Brought only now: the other commands start faster without it.
  const { simulate } = await import('../bench/simulate/command.ts');
  return simulate(given, { environment, signal: ending.signal, screen });
}
