import { createLatencySeries, type LatencySeries } from './latency.ts';

/** What a buyer waits for. `booking` is the whole way from the reservation to the tickets, without the time that they thought. */
export const STEPS = ['look', 'reserve', 'order', 'charge', 'confirm', 'tickets', 'cancel', 'booking'] as const;
export type Step = (typeof STEPS)[number];

/** How it ended for a buyer. */
export const ENDINGS = {
  tickets: 'left with tickets',
  soldOut: 'found it sold out',
  gaveUp: 'lost every seat they chose to somebody faster',
  abandoned: 'held seats and never paid',
  cancelled: 'cancelled',
  tooLate: 'paid or ordered after their hold had ended',
  unserved: 'were let down: no answer, or one that should not be',
  interrupted: 'were cut off by the end of the simulation',
} as const;
export type Ending = keyof typeof ENDINGS;

/** What is counted by the second. */
export const RATES = ['reservations', 'confirmed', 'requests', 'refusals'] as const;
export type Rate = (typeof RATES)[number];

export type Tally = {
  /** Seconds since the sale opened. */
  nowSeconds(): number;
  took(step: Step, ms: number): void;
  count(rate: Rate): void;
  refused(step: Step, code: string): void;
  /** The system asked for patience, and why. */
  busy(code: string): void;
  /** Repeated with the same key, because the reply was lost, the system asked for patience, or for no good reason. */
  repeated(why: 'lost reply' | 'connection lost' | 'busy' | 'in flight' | 'answered before'): void;
  /** The system said that a repeated request was answered from what it had kept. */
  replayed(): void;
  ended(ending: Ending): void;
  /** Something that must not be; the first few are kept as text. */
  unexpected(what: string): void;
  readonly series: Readonly<Record<Step, LatencySeries>>;
  readonly refusals: ReadonlyMap<string, number>;
  readonly repeats: ReadonlyMap<string, number>;
  readonly busyCodes: ReadonlyMap<string, number>;
  readonly endings: ReadonlyMap<Ending, number>;
  readonly replays: number;
  readonly unexpectedCount: number;
  readonly unexpectedSamples: readonly string[];
  readonly totals: Readonly<Record<Rate, number>>;
  /** Of one rate by the second, from the first to the last. */
  perSecond(rate: Rate): number[];
};

const MAX_SAMPLES = 20;

export function createTally(clock: () => number = () => performance.now()): Tally {
  const startedMs = clock();
  const series = record(STEPS, createLatencySeries);
  const totals = record(RATES, () => 0);
  const bySecond = record(RATES, (): number[] => []);
  const refusals = new Map<string, number>();
  const busyCodes = new Map<string, number>();
  const repeats = new Map<string, number>();
  const endings = new Map<Ending, number>();
  const unexpectedSamples: string[] = [];
  const nowSeconds = (): number => (clock() - startedMs) / 1000;
  let replays = 0;
  let unexpectedCount = 0;

  function count(rate: Rate): void {
    totals[rate]++;
    const second = Math.floor(nowSeconds());
    const counts = bySecond[rate];
    while (counts.length <= second) counts.push(0);
    counts[second] = (counts[second] ?? 0) + 1;
  }

  return {
    nowSeconds,
    count,
    took: (step, ms) => series[step].add(ms, nowSeconds()),
    refused(step, code) {
      increase(refusals, `${step} ${code}`);
      count('refusals');
    },
    busy: (code) => increase(busyCodes, code),
    repeated: (why) => increase(repeats, why),
    replayed: () => void replays++,
    ended: (ending) => increase(endings, ending),
    unexpected(what) {
      unexpectedCount++;
      if (unexpectedSamples.length < MAX_SAMPLES) unexpectedSamples.push(what);
    },
    series,
    refusals,
    repeats,
    busyCodes,
    endings,
    unexpectedSamples,
    totals,
    get replays() {
      return replays;
    },
    get unexpectedCount() {
      return unexpectedCount;
    },
    perSecond: (rate) => bySecond[rate],
  };
}

function increase<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function record<Name extends string, Value>(names: readonly Name[], make: () => Value): Record<Name, Value> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every name is set
  return Object.fromEntries(names.map((name) => [name, make()])) as Record<Name, Value>;
}
