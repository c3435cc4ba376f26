import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGridIndex } from './grid-index.ts';

const coordinate = fc.float({ min: -500, max: 500, noNaN: true });
const points = fc.array(fc.tuple(coordinate, coordinate), { maxLength: 200 });

function indexOf(list: [number, number][], cell: number) {
  const x = Float32Array.from(list, ([px]) => px);
  const y = Float32Array.from(list, ([, py]) => py);
  return { x, y, grid: buildGridIndex(x, y, cell) };
}

describe('the grid index', () => {
  it('finds exactly the seats that a look at every seat finds', () => {
    fc.assert(
      fc.property(
        points,
        coordinate,
        coordinate,
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 60 }),
        (list, l, t, size, cell) => {
          const { x, y, grid } = indexOf(list, cell);
          const found: number[] = [];
          grid.within(l, t, l + size, t + size, (seat) => found.push(seat));
          const expected = list
            .map((_, i) => i)
            .filter((i) => (x[i] ?? NaN) >= l && (x[i] ?? NaN) <= l + size && (y[i] ?? NaN) >= t && (y[i] ?? NaN) <= t + size);
          expect(found.toSorted((a, b) => a - b)).toEqual(expected);
        },
      ),
    );
  });

  it('hits the nearest seat within reach and nothing beyond it', () => {
    const { grid } = indexOf(
      [
        [0, 0],
        [10, 0],
        [10, 10],
      ],
      4,
    );
    expect(grid.nearest(8, 1, 5)).toBe(1);
    expect(grid.nearest(100, 100, 5)).toBe(-1);
  });

  it('works for one seat and for none', () => {
    expect(indexOf([[3, 3]], 4).grid.nearest(3, 4, 2)).toBe(0);
    expect(indexOf([], 4).grid.nearest(0, 0, 100)).toBe(-1);
  });
});
