/**
 * `npm test`: every check and every test, each step whether or not the one before failed. With arguments, only the tests that they
 * choose: `npm test -- services/seating`, `npm test -- -t 'last seat'`. With CI=true, a skipped test is a failed run.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, stopAll, type CommandResult } from './testing/run-command.ts';
import { checks, tests, type Step } from './testing/steps.ts';
import { readTestResults, type TestResults } from './testing/results.ts';

const ROOT = join(import.meta.dirname, '..');
const STEPS_AT_ONCE = 2;
const isCi = process.env['CI'] === 'true';
const startedMs = performance.now();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void stopAll().then(() => process.exit(128 + constants.signals[signal])));
}

const filters = process.argv.slice(2);
const checked = filters.length > 0 ? [] : await runChecks(checks(ROOT));
const tested = await runTests(filters);
process.exitCode = summarize(checked, tested);

async function runChecks(steps: readonly Step[]): Promise<boolean[]> {
  const waiting = [...steps];
  const outcomes: boolean[] = [];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await runCommand(step.command, ROOT, process.env);
      reportStep(step, result);
      outcomes.push(result.ok);
    }
  };
  await Promise.all(Array.from({ length: STEPS_AT_ONCE }, work));
  return outcomes;
}

async function runTests(chosen: readonly string[]): Promise<TestResults> {
  const folder = mkdtempSync(join(tmpdir(), 'onsale-results-'));
  try {
    const resultsFile = join(folder, 'results.json');
    const step = tests(ROOT, chosen, resultsFile);
    console.log(`… ${step.name}`);
    const result = await runCommand(step.command, ROOT, process.env);
    reportStep(step, result);
    return readTestResults(existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : '', result.ok, process.getuid?.() === 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reportStep(step: Step, result: CommandResult): void {
  console.log(`${result.ok ? '✓' : '✗'} ${step.name.padEnd(14)} ${seconds(result.elapsedMs)}`);
  if (!result.ok && result.output !== '') console.log(`\n${result.output.trim()}\n`);
}

/** Says how it went, and returns the exit code. */
function summarize(steps: readonly boolean[], results: TestResults): number {
  const passed = results.passed + steps.filter((ok) => ok).length;
  const failed = results.failed + steps.filter((ok) => !ok).length;
  const skipped = results.skipped.length;
  if (skipped > 0) {
    console.log(`\nNOT RUN (${skipped}):`);
    for (const name of results.skipped) console.log(`  ${name.replace(`${ROOT}/`, '')}`);
    console.log('Browser tests need Chromium: `apt-get install chromium`, or CHROMIUM_PATH=/path/to/chromium.');
    console.log('Kafka tests need Java 17 and Maven: `apt-get install openjdk-17-jre-headless maven`, or KAFKA_HOME.');
    if (isCi) console.log('With CI=true every test has to run, so this run fails.');
  }
  console.log(`\nDone in ${seconds(performance.now() - startedMs)}.`);
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  // With a filter, the tests that it leaves out are skipped on purpose.
  const isSkipWrong = isCi && skipped > 0 && filters.length === 0;
  return failed > 0 || isSkipWrong ? 1 : 0;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
