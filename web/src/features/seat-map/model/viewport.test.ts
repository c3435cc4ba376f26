import { describe, expect, it } from 'vitest';
import { clampViewport, fitViewport, toPlan, zoomAt } from './viewport.ts';

const bounds = { left: -100, top: -50, right: 100, bottom: 50 };
const size = { width: 800, height: 600 };

describe('the viewport', () => {
  it('fits the whole plan with its middle in the middle', () => {
    const view = fitViewport(bounds, size, 1, 20);
    expect(toPlan(view, 400, 300)).toEqual({ x: 0, y: 0 });
    expect(toPlan(view, 0, 300).x).toBeLessThanOrEqual(-100);
  });

  it('does not blow a single seat up to the size of the page', () => {
    expect(fitViewport({ left: 0, top: 0, right: 0, bottom: 0 }, size, 1, 20).scale).toBe(34);
  });

  it('zooms at the pointer: what is under it stays', () => {
    const view = fitViewport(bounds, size, 1, 20);
    const before = toPlan(view, 123, 456);
    const after = toPlan(zoomAt(view, 3, 123, 456, 0.1, 100), 123, 456);
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });

  it('never loses the plan out of sight', () => {
    const view = clampViewport({ scale: 4, shiftX: 99_999, shiftY: -99_999 }, bounds, size);
    const middle = toPlan(view, 400, 300);
    expect(middle.x).toBeGreaterThanOrEqual(-100);
    expect(middle.y).toBeLessThanOrEqual(50);
  });
});
