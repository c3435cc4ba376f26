import { join } from 'node:path';
import { DEFAULTS, parseArguments } from '../simulate/arguments.ts';
import { totalBytes } from '../simulate/memory.ts';
import type { SimulationReport } from '../simulate/report.ts';
import { runSimulation } from '../simulate/run-simulation.ts';
import { ownTarget } from '../simulate/target.ts';
import type { Context, Measure, Measured } from './measure.ts';

const MEGABYTE = 2 ** 20;

/** A whole onsale, as `onsale simulate` plays it with its defaults, on a system as it comes, payments included. */
export const onsale: Measure = {
  name: 'onsale',
  what: 'a whole onsale: 50,000 seats, 500,000 buyers, and the memory after it',
  run: (context) => context.withFolder((folder) => playOnsale(context, folder)),
};

async function playOnsale({ pace, note, started, signal }: Context, folder: string): Promise<Measured> {
  const given = {
    ...DEFAULTS,
    buyers: String(pace.buyers),
    seats: String(pace.onsaleSeats),
    concurrency: String(pace.connections),
    verify: true,
  };
  const options = parseArguments(given, join(folder, 'journal.ndjson'));
  const target = await ownTarget({ PATH: process.env['PATH'], HOME: process.env['HOME'] }, signal);
  const stop = started('onsale', () => target.remove());
  try {
    const report = await runSimulation(target, options, { signal, onPhase: (what) => note(`onsale: ${what}`) });
    const { soldOutSeconds, latency, deadlocks, simulator } = report;
    note(
      `onsale: sold out after ${soldOutSeconds?.toFixed(1) ?? '?'} s, reserve p95 ${latency.reserve?.p95Ms.toFixed(0) ?? '?'} ms`,
    );
    const afterwards = totalBytes(report.memory.after);
    return {
      figures: {
        onsaleReserve: latency.reserve === undefined ? [] : [latency.reserve.p95Ms],
        onsaleTime: soldOutSeconds === null ? [] : [soldOutSeconds],
        onsaleOversold: [report.oversold + (report.endings.unserved ?? 0) + (deadlocks ?? 0)],
        memory: afterwards === null ? [] : [afterwards / MEGABYTE],
      },
      runs: [],
      tables: [{ title: 'The onsale: milliseconds of each step', rows: rowsOf(report) }],
      details: { report, generator: simulator },
      problems: report.failures.map((failure) => `onsale: ${failure}`),
    };
  } finally {
    await stop();
  }
}

function rowsOf({ latency }: SimulationReport): Record<string, string | number>[] {
  return Object.entries(latency).map(([step, { count, p50Ms, p95Ms, p99Ms }]) => ({
    step,
    count,
    p50: p50Ms,
    p95: p95Ms,
    p99: p99Ms,
  }));
}
