import { ENDINGS, type Ending } from './tally.ts';
import { OUTCOMES, type SimulationReport } from './report.ts';

/** The report in a few lines, for a terminal. */
export function summaryLines(report: SimulationReport): string[] {
  const { latency, verify, soldOutSeconds, allTakenSeconds } = report;
  const lines = [
    '',
    `${OUTCOMES[report.outcome]}: ${number(report.soldSeats)} of ${number(report.totalSeats)} sold to ${number(report.buyersCame)} buyers in ${seconds(report.elapsedSeconds)}.`,
    ...(report.outcome === 'SOLD_OUT' && report.soldSeats < report.totalSeats
      ? [`${number(report.totalSeats - report.soldSeats)} were given back in the end and found nobody.`]
      : []),
    ...(allTakenSeconds === null
      ? []
      : [
          `Nothing free after ${seconds(allTakenSeconds)}, ${soldOutSeconds === null ? 'never all of it paid' : `all of it paid after ${seconds(soldOutSeconds)}`}.`,
        ]),
    `Oversold: ${report.oversold}. Deadlocks: ${report.deadlocks ?? 'not known'}.`,
  ];
  for (const [step, one] of Object.entries(latency))
    lines.push(`  ${step.padEnd(8)} p50 ${ms(one.p50Ms)}  p95 ${ms(one.p95Ms)}  p99 ${ms(one.p99Ms)}  (${number(one.count)})`);
  for (const [ending, count] of Object.entries(report.endings)) lines.push(`  ${number(count)} ${endingText(ending)}`);
  lines.push(verify.checked ? `verify: ${verifyText(verify.verdicts)}` : `verify: not checked, ${verify.why}`);
  for (const failure of report.failures) lines.push(`FAILED: ${failure}`);
  for (const sample of report.unexpected.samples) lines.push(`  ${sample}`);
  return lines;
}

function verifyText(verdicts: readonly { invariant: number; verdict: string }[]): string {
  return verdicts.map(({ invariant, verdict }) => `${invariant} ${verdict}`).join(', ');
}

function endingText(ending: string): string {
  return isEnding(ending) ? ENDINGS[ending] : ending;
}

function isEnding(ending: string): ending is Ending {
  return Object.hasOwn(ENDINGS, ending);
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`.padEnd(8);
}
