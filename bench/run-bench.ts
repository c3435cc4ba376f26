import { writeFileSync } from 'node:fs';
import { createContext } from './context.ts';
import type { Measure, Measured } from './measures/measure.ts';
import type { Pace } from './measures/pace.ts';
import type { Run } from './measures/run.ts';
import { machineFacts } from './report/machine.ts';
import { summaryOf } from './report/statistics.ts';
import { figureTable, recordTable, type Samples } from './report/table.ts';
import { MEASURED_SETTINGS } from './system/spawn.ts';

export type BenchOptions = {
  measures: readonly Measure[];
  pace: Pace;
  /** File for everything that was measured, as JSON. */
  out?: string;
  /** How far it is. */
  note: (line: string) => void;
  print: (lines: readonly string[]) => void;
  /** Ends it early; what was started is stopped. */
  signal: AbortSignal;
};

type Machine = ReturnType<typeof machineFacts> & { postgres: Record<string, string> };
type Outcome = { name: string; what: string; elapsedMs: number } & Measured;

/** Runs measures one after the other and shows what they gave. @returns 1 when something was wrong with what was measured */
export async function runBench({ measures, pace, out, note, print, signal }: BenchOptions): Promise<number> {
  const beganAt = new Date();
  const context = createContext(pace, note, signal);
  signal.addEventListener('abort', () => void context.stop(), { once: true });
  const outcomes: Outcome[] = [];
  try {
    for (const measure of measures) {
      const { name, what } = measure;
      note(`[${outcomes.length + 1}/${measures.length}] ${name}: ${what}`);
      outcomes.push({ name, what, ...(await measureOne(measure, () => measure.run(context), signal)) });
      if (signal.aborted) break;
    }
  } finally {
    await context.stop();
  }
  const figures = outcomes.reduce<Samples>((all, outcome) => ({ ...all, ...outcome.figures }), {});
  const machine = { ...machineFacts(), postgres: context.found.postgres };
  const problems = [...outcomes.flatMap((outcome) => outcome.problems), ...context.found.problems];
  if (machine.filesInMemory) problems.push('the database files were in memory, so its commits were not durable');
  print(reportLines(outcomes, figures, problems, { machine, remark: pace.remark }));
  if (out !== undefined) {
    const summaries = Object.fromEntries(Object.entries(figures).map(([name, samples]) => [name, summaryOf(samples)]));
    const report = { beganAt, machine, settings: MEASURED_SETTINGS, pace, figures: summaries, problems, measures: outcomes };
    writeFileSync(out, `${JSON.stringify(report, null, 2)}\n`);
  }
  return problems.length > 0 || signal.aborted ? 1 : 0;
}

/** A measure that fails is a problem; the others are made all the same. */
async function measureOne(
  { name }: Measure,
  run: () => Promise<Measured>,
  signal: AbortSignal,
): Promise<Measured & { elapsedMs: number }> {
  const startMs = performance.now();
  try {
    return { ...(await run()), elapsedMs: performance.now() - startMs };
  } catch (error) {
    const why = signal.aborted ? 'stopped' : error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { figures: {}, runs: [], problems: [`${name}: ${why}`], elapsedMs: performance.now() - startMs };
  }
}

function reportLines(
  outcomes: readonly Outcome[],
  figures: Samples,
  problems: readonly string[],
  { machine, remark }: { machine: Machine; remark: string },
): string[] {
  const runs = outcomes.flatMap((outcome) => outcome.runs).filter(({ round }) => round > 0);
  const tables = outcomes.flatMap((outcome) => outcome.tables ?? []);
  const { cpu, cores, memoryBytes, node, commit, postgres } = machine;
  return [
    '',
    `${cores} × ${cpu}, ${Math.round(memoryBytes / 2 ** 30)} GB, Node ${node}, PostgreSQL ${postgres['version'] ?? '?'}, commit ${commit?.slice(0, 12) ?? 'unknown'}`,
    ...(remark === '' ? [] : [remark]),
    ...(runs.length === 0 ? [] : ['', 'Loads, medians of the rounds', '', ...recordTable(runRows(runs))]),
    ...tables.flatMap(({ title, rows }) => ['', title, '', ...recordTable(rows)]),
    ...(Object.keys(figures).length === 0 ? [] : ['', ...figureTable(figures)]),
    '',
    ...(problems.length === 0
      ? ['Every answer was checked against the databases: nothing oversold, nothing lost.']
      : problems.map((problem) => `PROBLEM: ${problem}`)),
    '',
  ];
}

/** CPU time is that of one request. `generator`: its share of a core, and how busy its event loop was; near 100 %, it would be what was measured. */
function runRows(runs: readonly Run[]): Record<string, string | number>[] {
  return [...Map.groupBy(runs, ({ what }) => what)].map(([what, of]) => {
    const median = (value: (run: Run) => number): number => summaryOf(of.map(value))?.median ?? 0;
    const isKnown = of.every(({ cpuMs }) => cpuMs !== null);
    const microseconds = (part: 'node' | 'postgres') =>
      isKnown ? Math.round(median(({ cpuMs }) => (cpuMs?.[part] ?? 0) * 1_000)) : '';
    const percent = (share: number): string => `${Math.round(share * 100)} %`;
    return {
      load: what,
      'per second': Math.round(median(({ perSecond }) => perSecond)),
      'p50 ms': median(({ latency }) => latency.p50Ms),
      'p95 ms': median(({ latency }) => latency.p95Ms),
      'p99 ms': median(({ latency }) => latency.p99Ms),
      'Node µs': microseconds('node'),
      'PostgreSQL µs': microseconds('postgres'),
      'drain ms': Math.round(median(({ drainMs }) => drainMs ?? 0)),
      generator: `${percent(median(({ generator }) => generator.cpuShare))}, loop ${percent(median(({ generator }) => generator.eventLoopUtilization))}`,
    };
  });
}
