import type { Verdict } from '../../verify/report.ts';
import type { CountsByService } from './databases.ts';
import type { Memory } from './memory.ts';
import type { SimulationOptions } from './options.ts';
import type { Ending, Step } from './tally.ts';

export const OUTCOMES = {
  SOLD_OUT: 'Sold out',
  BUYERS_RAN_OUT: 'Everybody came, and something is left',
  STALLED: 'Held seats did not come back in time',
  INTERRUPTED: 'Stopped before the end',
} as const;
export type Outcome = keyof typeof OUTCOMES;

/** Milliseconds. */
export type Latency = { count: number; meanMs: number; p50Ms: number; p95Ms: number; p99Ms: number; maxMs: number };

export type Second = {
  second: number;
  sold: number;
  held: number;
  free: number;
  reservations: number;
  confirmed: number;
  requests: number;
  refusals: number;
};

export type VerifyResult =
  | { checked: false; why: string }
  | { checked: true; settled: boolean; busy: readonly string[]; deadLetters: number; verdicts: readonly Verdict[] };

export type Machine = {
  cores: number;
  cpu: string;
  memoryBytes: number;
  platform: string;
  node: string;
};

/** What `report.json` holds. */
export type SimulationReport = {
  onsale: string;
  startedAt: string;
  /** Settings of the simulation; of the system only what the simulation set. */
  options: SimulationOptions;
  system: { url: string; own: boolean; paymentLatencyMs: string };
  machine: Machine;
  outcome: Outcome;
  /** From the opening of the sale until the last buyer had gone. */
  elapsedSeconds: number;
  /** From the opening until nothing was free for the first time; and until all of it was paid for. Null: not reached. */
  allTakenSeconds: number | null;
  soldOutSeconds: number | null;
  totalSeats: number;
  soldSeats: number;
  /** Tickets that buyers have. */
  tickets: number;
  /** Seats and places that were sold to more buyers than there are. */
  oversold: number;
  buyersCame: number;
  endings: Partial<Record<Ending, number>>;
  latency: Partial<Record<Step, Latency>>;
  /** By the second since the opening. */
  latencyOverTime: Partial<Record<Step, (Latency & { second: number })[]>>;
  overTime: Second[];
  /** `reserve SEAT_UNAVAILABLE` and so on. */
  refusals: Record<string, number>;
  /** Requests that were repeated, and why; `busy` by code in `busy`. */
  repeats: Record<string, number>;
  busy: Record<string, number>;
  /** Repeated requests that were answered from what was kept under their key. */
  replays: number;
  /** Answers that should not be. */
  unexpected: { count: number; samples: readonly string[] };
  databases: CountsByService | null;
  deadlocks: number | null;
  memory: { peak: Memory; after: Memory };
  simulator: { cpuShareOfOneCore: number; eventLoopUtilization: number; peakRssBytes: number };
  journal: { path: string; lines: number };
  verify: VerifyResult;
  /** What went wrong; nothing when the simulation succeeded. */
  failures: string[];
};

type Judged = Pick<SimulationReport, 'outcome' | 'oversold' | 'verify' | 'endings' | 'unexpected'>;

/** Everything because of which the simulation did not succeed. */
export function failuresOf({ outcome, oversold, verify, endings, unexpected }: Judged): string[] {
  const failures: string[] = [];
  const fail = (isSo: boolean, what: string): void => {
    if (isSo) failures.push(what);
  };
  fail(outcome === 'INTERRUPTED' || outcome === 'STALLED', `${OUTCOMES[outcome]}.`);
  fail(oversold > 0, `${oversold} seats or places were sold more than once.`);
  fail((endings.unserved ?? 0) > 0, `${endings.unserved} buyers were let down.`);
  fail(unexpected.count > 0, `${unexpected.count} answers should not have been.`);
  if (verify.checked) {
    const broken = verify.verdicts.filter(({ verdict }) => verdict === 'broken').map(({ invariant }) => invariant);
    fail(broken.length > 0, `verify: broken ${broken.join(', ')}.`);
    fail(!verify.settled, `verify: not settled (${verify.busy.join('; ')}).`);
    fail(verify.deadLetters > 0, `verify: ${verify.deadLetters} dead letters.`);
  }
  return failures;
}
