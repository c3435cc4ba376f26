import type { Progress } from './play-sale.ts';

/** Where it is drawn: standard output, or what a test gives. */
export type Screen = { isTerminal: boolean; columns: number; write(text: string): void };

export type LiveView = { open(progress: Progress): void; phase(what: string): void; close(): void };

const DRAW_EVERY_MS = 250;
const LINE_EVERY_MS = 5_000;
const RATE_OVER_SECONDS = 3;
const CLEAR_LINE = '\u001B[2K';

/** On a terminal a view that redraws itself; elsewhere a line now and then. */
export function createLiveView(screen: Screen): LiveView {
  let timer: NodeJS.Timeout | null = null;
  let current: Progress | null = null;
  let drawnLines = 0;

  function draw(): void {
    if (current === null) return;
    const lines = frame(current, screen.columns);
    const up = drawnLines === 0 ? '' : `\u001B[${drawnLines}A`;
    screen.write(`${up}${lines.map((line) => `${CLEAR_LINE}${line}\n`).join('')}`);
    drawnLines = lines.length;
  }

  function tell(): void {
    if (current !== null) screen.write(`${progressLine(current)}\n`);
  }

  return {
    open(progress) {
      current = progress;
      timer = screen.isTerminal ? setInterval(draw, DRAW_EVERY_MS) : setInterval(tell, LINE_EVERY_MS);
    },
    phase: (what) => screen.write(`${what}\n`),
    close() {
      if (timer !== null) clearInterval(timer);
      if (screen.isTerminal) draw();
      else tell();
      current = null;
      drawnLines = 0;
    },
  };
}

/** @returns the lines of one picture */
export function frame(progress: Progress, columns: number): string[] {
  const { tally, watch, crowd, buyers } = progress;
  const { sold, held, free, total } = watch.sums();
  const second = Math.floor(tally.nowSeconds());
  const reserve = tally.series.reserve.recent(second, RATE_OVER_SECONDS);
  const booking = tally.series.booking.recent(second, RATE_OVER_SECONDS);
  const width = Math.max(10, Math.min(columns - 2, 100));
  const refusals = [...tally.refusals, ...[...tally.busyCodes].map(([code, count]) => [`busy ${code}`, count] as const)];
  return [
    '',
    `  ${bar({ sold, held, total }, width - 2)}`,
    `  ${number(sold)} sold   ${number(held)} held   ${number(free)} free   of ${number(total)}`,
    '',
    `  ${clock(tally.nowSeconds())}   buyers ${number(crowd.came)} of ${number(buyers)}   at work ${number(crowd.active)}   waiting for returns ${number(crowd.waiting)}`,
    `  reservations ${perSecond(tally.perSecond('reservations'), second)}/s   confirmed ${perSecond(tally.perSecond('confirmed'), second)}/s   requests ${perSecond(tally.perSecond('requests'), second)}/s`,
    `  reserve p50 ${ms(reserve.percentileMs(0.5))}  p95 ${ms(reserve.percentileMs(0.95))}  p99 ${ms(reserve.percentileMs(0.99))}   to the tickets p50 ${ms(booking.percentileMs(0.5))}  p95 ${ms(booking.percentileMs(0.95))}`,
    `  refused ${refusals.map(([what, count]) => `${what} ${number(count)}`).join('   ') || 'nobody yet'}`,
    '',
  ].map((line) => line.slice(0, columns - 1));
}

/** For a log: all of it in one line. */
export function progressLine({ tally, watch, crowd, buyers }: Progress): string {
  const { sold, held, free } = watch.sums();
  const second = Math.floor(tally.nowSeconds());
  const p95 = tally.series.reserve.recent(second, RATE_OVER_SECONDS).percentileMs(0.95);
  return `${clock(tally.nowSeconds())}  sold ${number(sold)}  held ${number(held)}  free ${number(free)}  buyers ${number(crowd.came)}/${number(buyers)}  reservations ${perSecond(tally.perSecond('reservations'), second)}/s  reserve p95 ${ms(p95)}`;
}

/** Sold is full, held is shaded, free is empty. */
export function bar({ sold, held, total }: { sold: number; held: number; total: number }, width: number): string {
  const cells = (count: number): number => (total === 0 ? 0 : Math.round((count / total) * width));
  const soldCells = cells(sold);
  const takenCells = Math.max(soldCells, cells(sold + held));
  return '█'.repeat(soldCells) + '▒'.repeat(takenCells - soldCells) + '·'.repeat(width - takenCells);
}

/** The mean of the last whole seconds. */
function perSecond(counts: readonly number[], second: number): string {
  const last = counts.slice(Math.max(0, second - RATE_OVER_SECONDS), second);
  const seconds = Math.min(RATE_OVER_SECONDS, Math.max(1, second));
  return number(Math.round(last.reduce((sum, count) => sum + count, 0) / seconds));
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function ms(value: number): string {
  return value === 0 ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function clock(seconds: number): string {
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}
