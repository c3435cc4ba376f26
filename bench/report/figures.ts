type Unit = 'times' | 'ms' | 's' | 'MB' | 'count';

export type Figure = {
  what: string;
  unit: Unit;
  /** Which way is better. */
  better: 'more' | 'less';
  /** What it must reach; null where it is shown for comparison. */
  least: number | null;
  moonshot: number | null;
};

const more = (what: string, least: number | null, moonshot: number | null): Figure => ({
  what,
  unit: 'times',
  better: 'more',
  least,
  moonshot,
});
const less = (what: string, unit: Unit, least: number | null, moonshot: number | null): Figure => ({
  what,
  unit,
  better: 'less',
  least,
  moonshot,
});

/** Every figure that a run can measure, in the order of the table. */
export const FIGURES = {
  reserve: more('reserve, general admission ÷ no-op (POST)', 0.4, 0.7),
  reserveSeats: more('reserve, numbered seats ÷ no-op (POST)', 0.4, 0.7),
  reserveToGet: more('reserve, general admission ÷ no-op (GET)', null, null),
  hot: more('one hot section: reserve ÷ one transaction a request', 8, 20),
  hotPipelined: more('  ÷ the same, pipelined into two round trips', null, null),
  hot100: more('  at 100 connections, ÷ one transaction a request', null, null),
  winners: less('one seat, 1,000 buyers at once: winners', 'count', 1, 1),
  rivals: less('  their answers, p95', 'ms', null, 100),
  onsaleReserve: less('onsale, 50,000 seats, 500,000 buyers: reserve p95', 'ms', 500, null),
  onsaleTime: less('  sold out after', 's', 240, 60),
  onsaleOversold: less('  oversold, unticketed orders, deadlocks', 'count', 0, 0),
  booking: less('reserve sent → ticket readable, payment delay 0: p95', 'ms', 500, 100),
  bookingFew: less('  the same at 20 connections', 'ms', null, null),
  bookingDefault: less('  at 20 connections with the default payment delay', 'ms', null, null),
  status: more('status ÷ no-op (GET)', 0.7, 0.95),
  availability: more('availability ÷ no-op (GET)', 0.7, 0.95),
  statusUnchanged: more('  status that has not changed (304) ÷ no-op (GET)', null, null),
  streams: less('a seat change reaches all open streams: p99', 'ms', 1_000, 250),
  streamsMedian: less('  median', 'ms', null, null),
  seatCount: less('reserve latency, 100,000 seats ÷ 1,000 seats: p50', 'times', 1.5, 1),
  seatCountTail: less('  p95', 'times', null, null),
  start: less('npm start → first answered request, new data', 's', 8, 3),
  startAgain: less('  with data that are there', 's', null, null),
  memory: less('memory after the onsale, Node and PostgreSQL', 'MB', 1_536, 600),
} as const satisfies Record<string, Figure>;

export type FigureName = keyof typeof FIGURES;

export const FIGURE_NAMES: readonly FigureName[] = Object.keys(FIGURES).filter((name): name is FigureName => name in FIGURES);

export type Verdict = 'moonshot' | 'yes' | 'NO' | '';

/** How a measured value stands to what is asked; empty where nothing is asked. */
export function verdictOf({ better, least, moonshot }: Figure, value: number): Verdict {
  const reaches = (wanted: number | null): boolean => wanted !== null && (better === 'more' ? value >= wanted : value <= wanted);
  if (reaches(moonshot) && (least === null || reaches(least))) return 'moonshot';
  if (least === null) return '';
  return reaches(least) ? 'yes' : 'NO';
}

/** With as many digits as say something. */
export function shown(unit: Unit, value: number): string {
  switch (unit) {
    case 'times':
      return value >= 10 ? value.toFixed(1) : value.toFixed(2);
    case 'ms':
      return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ms`;
    case 's':
      return `${value.toFixed(1)} s`;
    case 'MB':
      return `${Math.round(value)} MB`;
    case 'count':
      return String(value);
  }
}
