/** One value a second; null where there is none. Drawn with the class `line-<look>`. */
export type Series = { name: string; look: string; values: readonly (number | null)[] };

export type ChartOptions = {
  /** Read out in place of the picture. */
  label: string;
  series: readonly Series[];
  scale: 'linear' | 'log';
  format(value: number): string;
  /** Stacked areas from the first series up, instead of lines. */
  stacked?: boolean;
};

const WIDTH = 720;
const HEIGHT = 240;
const MARGIN = { top: 12, right: 96, bottom: 26, left: 56 };
const PLOT = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
const LABEL_HEIGHT = 15;
const X_TICKS = 8;
const Y_TICKS = 4;

/** A picture over time as SVG that takes its colours from the page. */
export function chart({ label, series, scale, format, stacked = false }: ChartOptions): string {
  const seconds = Math.max(2, ...series.map(({ values }) => values.length));
  const drawn = stacked ? stack(series) : series.map((one) => ({ ...one, from: null, to: one.values }));
  const all = drawn.flatMap(({ to }) => to).filter((value) => value !== null);
  const y = scale === 'log' ? logScale(all) : linearScale(all);
  const x = (second: number): number => MARGIN.left + (second / (seconds - 1)) * PLOT.width;
  const at = (value: number): number => MARGIN.top + PLOT.height - y.share(value) * PLOT.height;
  const shapes = drawn.map(({ look, from, to }) =>
    from === null
      ? `<path class="line line-${look}" d="${linePath(to, x, at)}"/>`
      : `<path class="area area-${look}" d="${areaPath(from, to, x, at)}"/>`,
  );
  const ends = drawn.flatMap(({ name, look, from, to }) => {
    const last = to.findLast((value) => value !== null);
    if (last === undefined || last === null) return [];
    const below = from?.at(-1) ?? last;
    return [{ name, look, y: at(stacked ? (last + below) / 2 : last) }];
  });
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(label)}">`,
    ...y.ticks.map((tick) => gridLine(at(tick), format(tick))),
    ...ticks(seconds - 1, X_TICKS).map(
      (second) => `<text class="tick" x="${n(x(second))}" y="${HEIGHT - 8}" text-anchor="middle">${second} s</text>`,
    ),
    ...shapes,
    ...spread(ends).map(
      (end) =>
        `<line class="line line-${end.look}" x1="${WIDTH - MARGIN.right + 8}" x2="${WIDTH - MARGIN.right + 24}" y1="${n(end.y)}" y2="${n(end.y)}"/>` +
        `<text class="name" x="${WIDTH - MARGIN.right + 30}" y="${n(end.y + 4)}">${escapeText(end.name)}</text>`,
    ),
    '</svg>',
  ].join('\n');
}

function gridLine(y: number, text: string): string {
  return `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${n(y)}" y2="${n(y)}"/><text class="tick" x="${MARGIN.left - 8}" y="${n(y + 4)}" text-anchor="end">${escapeText(text)}</text>`;
}

function stack(series: readonly Series[]) {
  let below: number[] = [];
  return series.map((one) => {
    const from = one.values.map((_, i) => below[i] ?? 0);
    const to = one.values.map((value, i) => (value ?? 0) + (from[i] ?? 0));
    below = to;
    return { ...one, from, to };
  });
}

function linePath(values: readonly (number | null)[], x: (i: number) => number, y: (value: number) => number): string {
  let isDown = false;
  return values
    .map((value, i) => {
      if (value === null) {
        isDown = false;
        return '';
      }
      // A lone second is a dot, which the round ends of the line make of it.
      const isLone = !isDown && (values[i + 1] ?? null) === null;
      const point = `${isDown ? 'L' : 'M'}${n(x(i))} ${n(y(value))}${isLone ? 'h0.01' : ''}`;
      isDown = true;
      return point;
    })
    .join('');
}

function areaPath(
  from: readonly number[],
  to: readonly number[],
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  const point = (value: number, i: number): string => `${n(x(i))} ${n(y(value))}`;
  const back = from.map(point).toReversed();
  return `M${to.map(point).join('L')}L${back.join('L')}Z`;
}

type Scale = { share(value: number): number; ticks: number[] };

function linearScale(values: readonly number[]): Scale {
  const most = values.reduce((highest, value) => Math.max(highest, value), 1);
  const found = ticks(most, Y_TICKS);
  return { share: (value) => value / most, ticks: found };
}

/** Whole decades and halves of them, around all that there is. */
function logScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const least = positive.reduce((lowest, value) => Math.min(lowest, value), Infinity);
  const most = positive.reduce((highest, value) => Math.max(highest, value), 0);
  const from = Math.floor(Math.log10(positive.length === 0 ? 1 : least));
  const to = Math.max(from + 1, Math.ceil(Math.log10(positive.length === 0 ? 10 : most)));
  const share = (value: number): number => (Math.log10(Math.max(value, 10 ** from)) - from) / (to - from);
  return { share, ticks: Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)) };
}

/** Round numbers from 0 up to `most`, about so many. */
export function ticks(most: number, about: number): number[] {
  const rough = most / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power, 1);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

/** Moves labels apart that would lie on one another. */
function spread<End extends { y: number }>(ends: readonly End[]): End[] {
  const sorted = ends.map((end) => ({ ...end })).toSorted((a, b) => a.y - b.y);
  for (let i = 1; i < sorted.length; i++) {
    const [above, below] = [sorted[i - 1], sorted[i]];
    if (above !== undefined && below !== undefined) below.y = Math.max(below.y, above.y + LABEL_HEIGHT);
  }
  const over = (sorted.at(-1)?.y ?? 0) - (HEIGHT - MARGIN.bottom);
  return sorted.map((end) => ({ ...end, y: end.y - Math.max(0, over) }));
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
