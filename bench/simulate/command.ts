import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from '../../platform/config/settings.ts';
import { StartupError } from '../../platform/config/startup-error.ts';
import { parseArguments, type SimulateArguments } from './arguments.ts';
import { createLiveView, type Screen } from './live-view.ts';
import { reportPage } from './report-page.ts';
import { runSimulation } from './run-simulation.ts';
import { summaryLines } from './summary.ts';
import { ownTarget, runningTarget } from './target.ts';

export type SimulateContext = {
  environment: Environment;
  /** Ends it early. */
  signal: AbortSignal;
  screen: Screen;
};

/** `onsale simulate`. @returns 0 when the sale went as it must, else 1 */
export async function simulate(given: SimulateArguments, { environment, signal, screen }: SimulateContext): Promise<number> {
  const folder = reportFolder(given.report);
  const options = parseArguments(given, resolve(given.journal ?? join(folder, 'journal.ndjson')));
  const view = createLiveView(screen);
  if (given.url === undefined) view.phase('starting a system of its own');
  const target = await (given.url === undefined ? ownTarget(environment, signal) : runningTarget(given.url, environment));
  try {
    if (options.verify && target.settings === null)
      throw new StartupError(
        `To verify, the databases of ${target.url} must be found: give DATABASE_URL or ONSALE_DATA_DIR, or say --no-verify.`,
      );
    const hooks = { signal, onPhase: view.phase, onOpen: view.open, onClose: view.close };
    const report = await runSimulation(target, options, hooks);
    writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(join(folder, 'report.html'), reportPage(report));
    for (const line of [...summaryLines(report), `Report: ${join(folder, 'report.html')}`]) screen.write(`${line}\n`);
    return report.failures.length === 0 ? 0 : 1;
  } finally {
    await target.remove();
  }
}

function reportFolder(given: string | undefined): string {
  if (given === undefined) return mkdtempSync(join(tmpdir(), 'onsale-report-'));
  const folder = resolve(given);
  mkdirSync(folder, { recursive: true });
  return folder;
}
