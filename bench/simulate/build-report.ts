import { cpus, totalmem } from 'node:os';
import type { Availability } from '../../contracts/http/seating.ts';
import { VERSION } from '../../platform/version.ts';
import type { Histogram } from '../load/histogram.ts';
import type { CountsByService } from './databases.ts';
import type { JournalWriter } from './journal.ts';
import type { MemoryUse } from './memory.ts';
import type { SimulationOptions } from './options.ts';
import {
  failuresOf,
  type Latency,
  type Machine,
  type Outcome,
  type Second,
  type SimulationReport,
  type VerifyResult,
} from './report.ts';
import type { PlayedSale } from './play-sale.ts';
import { RATES, STEPS, type Tally } from './tally.ts';
import type { Target } from './target.ts';
import type { Watch } from './watch.ts';

export type ReportParts = {
  target: Target;
  options: SimulationOptions;
  startedAt: Date;
  sale: PlayedSale;
  afterwards: readonly Availability[];
  databases: CountsByService | null;
  memory: MemoryUse;
  journal: JournalWriter;
  verified: VerifyResult;
};

export function buildReport(parts: ReportParts): SimulationReport {
  const { target, options, sale, afterwards, databases, journal } = parts;
  const { tally, watch, crowd, ledger } = sale;
  const overCapacity = afterwards.reduce(
    (sum, one) => sum + Math.max(0, one.allocatedSeats + one.reservedSeats - one.totalSeats),
    0,
  );
  const report: SimulationReport = {
    onsale: VERSION,
    startedAt: parts.startedAt.toISOString(),
    options,
    system: { url: target.url, own: target.own, paymentLatencyMs: target.paymentLatencyMs },
    machine: machine(),
    outcome: outcomeOf(sale),
    elapsedSeconds: sale.elapsedSeconds,
    allTakenSeconds: withinSale(watch.allTakenSeconds, sale.elapsedSeconds),
    soldOutSeconds: withinSale(
      watch.soldOutSeconds ?? (ledger.tickets >= watch.sums().total ? sale.elapsedSeconds : null),
      sale.elapsedSeconds,
    ),
    totalSeats: watch.sums().total,
    soldSeats: afterwards.reduce((sum, { allocatedSeats }) => sum + allocatedSeats, 0),
    tickets: ledger.tickets,
    oversold: ledger.oversold() + overCapacity,
    buyersCame: crowd.came,
    endings: Object.fromEntries(tally.endings),
    latency: perStep(tally, ({ total }) => (total.count === 0 ? null : latencyOf(total))),
    latencyOverTime: perStep(tally, (series) => {
      const seconds = series.seconds().map(({ second, histogram }) => ({ second, ...latencyOf(histogram) }));
      return seconds.length === 0 ? null : seconds;
    }),
    overTime: overTime(tally, watch),
    refusals: Object.fromEntries(tally.refusals),
    repeats: Object.fromEntries(tally.repeats),
    busy: Object.fromEntries(tally.busyCodes),
    replays: tally.replays,
    unexpected: { count: tally.unexpectedCount, samples: tally.unexpectedSamples },
    databases,
    deadlocks: databases === null ? null : Object.values(databases).reduce((sum, one) => sum + one.deadlocks, 0),
    memory: parts.memory,
    simulator: {
      cpuShareOfOneCore: sale.cost.cpuShare,
      eventLoopUtilization: sale.cost.eventLoopUtilization,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    },
    journal: { path: options.journal, lines: journal.lines },
    verify: parts.verified,
    failures: [],
  };
  return { ...report, failures: failuresOf(report) };
}

function outcomeOf({ interrupted, crowd, watch, ledger }: PlayedSale): Outcome {
  // The spectator looks now and then, and may not have seen the last ticket sold.
  if (watch.soldOutSeconds !== null || ledger.tickets >= watch.sums().total) return interrupted ? 'INTERRUPTED' : 'SOLD_OUT';
  if (interrupted) return 'INTERRUPTED';
  return crowd.stalled ? 'STALLED' : 'BUYERS_RAN_OUT';
}

function perStep<Value>(tally: Tally, of: (series: Tally['series'][(typeof STEPS)[number]]) => Value | null) {
  const entries = STEPS.flatMap((step) => {
    const value = of(tally.series[step]);
    return value === null ? [] : [[step, value] as const];
  });
  return Object.fromEntries(entries);
}

function latencyOf(histogram: Histogram): Latency {
  const { count, meanMs, maxMs } = histogram;
  const at = (share: number): number => rounded(histogram.percentileMs(share));
  return { count, meanMs: rounded(meanMs), p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: rounded(maxMs) };
}

/** To the hundredth of a millisecond. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function overTime(tally: Tally, watch: Watch): Second[] {
  const last = Math.max(watch.timeline.at(-1)?.second ?? 0, ...RATES.map((rate) => tally.perSecond(rate).length - 1));
  const seen = new Map(watch.timeline.map((one) => [one.second, one]));
  const seconds: Second[] = [];
  let stock = { sold: 0, held: 0, free: watch.sums().total };
  for (let second = 0; second <= last; second++) {
    const { sold, held, free } = seen.get(second) ?? stock;
    stock = { sold, held, free };
    const [reservations = 0, confirmed = 0, requests = 0, refusals = 0] = RATES.map((rate) => tally.perSecond(rate)[second]);
    seconds.push({ second, ...stock, reservations, confirmed, requests, refusals });
  }
  return seconds;
}

function machine(): Machine {
  const all = cpus();
  return {
    cores: all.length,
    cpu: all[0]?.model.trim() ?? 'unknown',
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** The spectator looks now and then, also once more after the last buyer has left, after whom nothing is sold. */
function withinSale(seenSeconds: number | null, elapsedSeconds: number): number | null {
  return seenSeconds === null ? null : Math.min(seenSeconds, elapsedSeconds);
}
