import { loadSettings, type Environment } from '../platform/config/settings.ts';
import { StartupError } from '../platform/config/startup-error.ts';
import { JournalError } from '../verify/journal/read.ts';
import { runVerify } from '../verify/run-verify.ts';
import type { Print } from './banner.ts';

const MS = { ms: 1, s: 1_000, m: 60_000 } as const;
const MAX_SETTLE_MS = 3_600_000;

/** `onsale verify`: says of each invariant whether it holds. @returns 1 when one is broken */
export async function verify(
  environment: Environment,
  options: { settle: string; journal?: string; json?: boolean },
  print: Print,
): Promise<number> {
  const settings = loadSettings(environment);
  const json = options.json === true;
  const { journal } = options;
  // Only a person who waits wants to know, and only beside what is written elsewhere.
  const onProgress = (doing: string): void => void (process.stderr.isTTY && process.stderr.write(`… ${doing}\n`));
  const how = { settleMs: parseDuration(options.settle), json, onProgress, ...(journal === undefined ? {} : { journal }) };
  try {
    return await runVerify(settings, how, (line) => print([line]));
  } catch (error) {
    if (error instanceof JournalError) throw new StartupError(error.message, { cause: error });
    throw error;
  }
}

/** `500ms`, `30s`, `2m`; a bare number is seconds. */
function parseDuration(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,7})(ms|s|m)?$/.exec(text) ?? [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the expression knows no other units
  const durationMs = amount === undefined ? NaN : Number(amount) * (MS[unit as keyof typeof MS] ?? NaN);
  if (durationMs <= MAX_SETTLE_MS) return durationMs;
  throw new StartupError(`--settle must be a time of up to one hour such as 30s, 500ms or 2m, not ${text}.`);
}
