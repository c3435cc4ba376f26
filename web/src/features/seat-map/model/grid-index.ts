/** Finds seats by place: points in square cells, as one list with an offset per cell. */
export type GridIndex = {
  /** The seat nearest to a point, within `reach`; -1 if there is none. */
  nearest: (px: number, py: number, reach: number) => number;
  /** Calls back with every seat inside the rectangle. */
  within: (left: number, top: number, right: number, bottom: number, visit: (seat: number) => void) => void;
};

export function buildGridIndex(x: Float32Array, y: Float32Array, cellSize: number): GridIndex {
  const count = x.length;
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < count; i += 1) {
    left = Math.min(left, x[i] ?? 0);
    right = Math.max(right, x[i] ?? 0);
    top = Math.min(top, y[i] ?? 0);
    bottom = Math.max(bottom, y[i] ?? 0);
  }
  if (count === 0) left = top = right = bottom = 0;
  // A plan with few seats far apart must not ask for millions of empty cells.
  const size = Math.max(cellSize, (right - left) / 1000, (bottom - top) / 1000, 1e-6);
  const columns = Math.floor((right - left) / size) + 1;
  const rows = Math.floor((bottom - top) / size) + 1;
  const columnOf = (px: number): number => Math.min(columns - 1, Math.max(0, Math.floor((px - left) / size)));
  const rowOf = (py: number): number => Math.min(rows - 1, Math.max(0, Math.floor((py - top) / size)));

  // Counting sort: offsets[cell] .. offsets[cell + 1] are the places of its seats in `seats`.
  const offsets = new Int32Array(columns * rows + 1);
  const cellOf = (i: number): number => rowOf(y[i] ?? 0) * columns + columnOf(x[i] ?? 0);
  for (let i = 0; i < count; i += 1) offsets[cellOf(i) + 1] = (offsets[cellOf(i) + 1] ?? 0) + 1;
  for (let c = 1; c < offsets.length; c += 1) offsets[c] = (offsets[c] ?? 0) + (offsets[c - 1] ?? 0);
  const next = offsets.slice();
  const seats = new Int32Array(count);
  for (let i = 0; i < count; i += 1) {
    const cell = cellOf(i);
    const at = next[cell] ?? 0;
    seats[at] = i;
    next[cell] = at + 1;
  }

  function within(l: number, t: number, r: number, b: number, visit: (seat: number) => void): void {
    if (r < left || b < top || l > right || t > bottom) return;
    const lastColumn = columnOf(r);
    const lastRow = rowOf(b);
    for (let row = rowOf(t); row <= lastRow; row += 1) {
      const from = offsets[row * columns + columnOf(l)] ?? 0;
      const to = offsets[row * columns + lastColumn + 1] ?? 0;
      for (let k = from; k < to; k += 1) {
        const seat = seats[k] ?? 0;
        const px = x[seat] ?? 0;
        const py = y[seat] ?? 0;
        if (px >= l && px <= r && py >= t && py <= b) visit(seat);
      }
    }
  }

  function nearest(px: number, py: number, reach: number): number {
    let best = -1;
    let bestDistance = reach * reach;
    within(px - reach, py - reach, px + reach, py + reach, (seat) => {
      const distance = ((x[seat] ?? 0) - px) ** 2 + ((y[seat] ?? 0) - py) ** 2;
      if (distance <= bestDistance) {
        bestDistance = distance;
        best = seat;
      }
    });
    return best;
  }

  return { nearest, within };
}
