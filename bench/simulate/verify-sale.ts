import { runVerify } from '../../verify/run-verify.ts';
import type { Busy } from '../../verify/settle.ts';
import type { Verdict } from '../../verify/report.ts';
import type { SimulationOptions } from './options.ts';
import type { VerifyResult } from './report.ts';
import type { Target } from './target.ts';

/** After a big sale the log has a long way to every consumer. */
const SETTLE_MS = 300_000;

type Document = { settled: boolean; busy: Busy; deadLetters: readonly { count: number }[]; verdicts: readonly Verdict[] };

/** Holds every promise against the databases and the journal, as `onsale verify --journal` does. */
export async function verifySale(
  { settings }: Pick<Target, 'settings'>,
  { verify, journal }: Pick<SimulationOptions, 'verify' | 'journal'>,
  onPhase: (what: string) => void,
): Promise<VerifyResult> {
  if (!verify) return { checked: false, why: 'not asked for (--no-verify)' };
  if (settings === null) return { checked: false, why: 'it is not known where the databases are' };
  let text = '';
  const onProgress = (doing: string): void => onPhase(`verify: ${doing}`);
  await runVerify(settings, { settleMs: SETTLE_MS, journal, json: true, onProgress }, (line) => (text = line));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the document that runVerify wrote just now
  const { settled, busy, deadLetters, verdicts } = JSON.parse(text) as Document;
  return { checked: true, settled, busy, deadLetters: deadLetters.reduce((sum, { count }) => sum + count, 0), verdicts };
}
