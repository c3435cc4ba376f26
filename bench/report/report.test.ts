import { describe, expect, it } from 'vitest';
import { FIGURES, verdictOf } from './figures.ts';
import { spreadOf, summaryOf } from './statistics.ts';
import { figureTable, recordTable } from './table.ts';

describe('what the rounds of a run gave', () => {
  it('is their median and extremes, in whatever order they came', () => {
    const odd = summaryOf([0.5, 0.3, 0.4]);
    expect(odd).toEqual({ median: 0.4, min: 0.3, max: 0.5, samples: [0.5, 0.3, 0.4] });
    expect(odd && spreadOf(odd)).toBeCloseTo(0.5);
    expect(summaryOf([4, 1, 2, 3])?.median).toBe(2.5);
    expect(summaryOf([])).toBeNull();
  });
});

describe('a verdict', () => {
  it('follows the way that is better', () => {
    expect([0.39, 0.4, 0.69, 0.7].map((value) => verdictOf(FIGURES.reserve, value))).toEqual(['NO', 'yes', 'yes', 'moonshot']);
    expect([501, 500, 100].map((value) => verdictOf(FIGURES.booking, value))).toEqual(['NO', 'yes', 'moonshot']);
  });

  it('is silent where nothing is asked', () => {
    expect(verdictOf(FIGURES.hot100, 1)).toBe('');
    expect([99, 101].map((value) => verdictOf(FIGURES.rivals, value))).toEqual(['moonshot', '']);
  });
});

describe('the table', () => {
  it('has a line for each figure that was measured', () => {
    const lines = figureTable({ reserve: [0.5, 0.3, 0.45], start: [2.5], streams: [] });
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(/^reserve, general admission ÷ no-op \(POST\) +0\.40 +0\.70 +0\.45 +0\.30 – 0\.50 \(44 %\) +yes$/);
    expect(lines[3]).toMatch(/^npm start .* +8\.0 s +3\.0 s +2\.5 s +moonshot$/);
  });

  it('does not forgive a round with two winners', () => {
    expect(figureTable({ winners: [1, 1, 2] })[2]).toMatch(/NO$/);
  });

  it('shows rows of anything', () => {
    expect(
      recordTable([
        { seats: 1_000, p95: 1.234 },
        { seats: 100_000, p95: 12.34 },
      ]),
    ).toEqual(['seats    p95', '-------  ----', '1,000    1.23', '100,000  12.3']);
  });
});
