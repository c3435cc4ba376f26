import { describe, expect, it } from 'vitest';
import { fasterText } from './alternatives.ts';
import { buildLayout } from './layout.ts';
import { smallPlan } from './small-plan.fixture.ts';

describe('a refusal', () => {
  const layout = buildLayout(smallPlan());

  it('names the lost seat and the nearest free ones of its row', () => {
    expect(fasterText(layout, [0], (seat) => seat !== 0)).toBe(
      'Someone was a moment faster for VIP-A-1. VIP-A-2 and VIP-A-3 are free, same row.',
    );
  });

  it('says so when the row is full', () => {
    expect(fasterText(layout, [0, 1], () => false)).toBe(
      'Someone was a moment faster for VIP-A-1 and VIP-A-2. Nothing else is free in that row.',
    );
  });
});
