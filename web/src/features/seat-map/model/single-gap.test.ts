import { describe, expect, it } from 'vitest';
import { buildLayout } from './layout.ts';
import { singleGaps } from './single-gap.ts';
import { smallPlan } from './small-plan.fixture.ts';

describe('single gaps', () => {
  const layout = buildLayout(smallPlan());
  const allFree = (): boolean => true;

  it('are seen when a choice leaves one seat alone at the end of a row', () => {
    expect(singleGaps(layout, new Set([1]), allFree)).toEqual([0]);
    expect(singleGaps(layout, new Set([0, 1]), allFree)).toEqual([]);
  });

  it('are seen between the choice and a taken seat', () => {
    expect(singleGaps(layout, new Set([0, 1]), (seat) => seat !== 3)).toEqual([2]);
  });

  it('are not blamed on a choice that did not make them', () => {
    // Seat 2 is taken, so seat 1 was alone before; the choice of seat 4 leaves seat 3.
    expect(singleGaps(layout, new Set([3]), (seat) => seat !== 1)).toEqual([2]);
  });
});
