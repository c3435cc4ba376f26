import { FIGURE_NAMES, FIGURES, shown, verdictOf, type Figure, type FigureName } from './figures.ts';
import { spreadOf, summaryOf } from './statistics.ts';

export type Samples = Partial<Record<FigureName, readonly number[]>>;

/** The figures that were measured: what is asked, the median of the rounds, their spread, and whether it is enough. */
export function figureTable(samples: Samples): string[] {
  const rows = FIGURE_NAMES.flatMap((name) => {
    const summary = summaryOf(samples[name] ?? []);
    if (summary === null) return [];
    const figure: Figure = FIGURES[name];
    const value = (one: number | null): string => (one === null ? '' : shown(figure.unit, one));
    const spread =
      summary.samples.length < 2
        ? ''
        : `${value(summary.min)} – ${value(summary.max)} (${Math.round(spreadOf(summary) * 100)} %)`;
    const median = worstWhereOneIsTooMany(name, summary.median, summary.max);
    return [[figure.what, value(figure.least), value(figure.moonshot), value(median), spread, verdictOf(figure, median)]];
  });
  return textTable([['figure', 'at least', 'moonshot', 'median', 'spread', 'met'], ...rows]);
}

/** A promise that a single round breaks is broken, whatever the others gave. */
function worstWhereOneIsTooMany(name: FigureName, median: number, max: number): number {
  return FIGURES[name].unit === 'count' ? max : median;
}

/** Rows of equal keys as a table with a header; numbers are shown with up to one decimal. */
export function recordTable(records: readonly Readonly<Record<string, string | number>>[]): string[] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const text = (value: string | number | undefined): string =>
    typeof value === 'number'
      ? value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 1 })
      : (value ?? '');
  return textTable([names, ...records.map((record) => names.map((name) => text(record[name])))]);
}

/** Columns padded to their widest cell; the first row is the header. */
function textTable(rows: readonly (readonly string[])[]): string[] {
  const [header = []] = rows;
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(header), rule, ...rows.slice(1).map(line)];
}
