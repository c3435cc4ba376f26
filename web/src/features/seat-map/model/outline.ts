export type Bounds = { left: number; top: number; right: number; bottom: number };

export function boundsOf(seats: number[], x: Float32Array, y: Float32Array): Bounds {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const seat of seats) {
    const px = x[seat] ?? 0;
    const py = y[seat] ?? 0;
    bounds.left = Math.min(bounds.left, px);
    bounds.right = Math.max(bounds.right, px);
    bounds.top = Math.min(bounds.top, py);
    bounds.bottom = Math.max(bounds.bottom, py);
  }
  return seats.length === 0 ? { left: 0, top: 0, right: 1, bottom: 1 } : bounds;
}

/**
 * A polygon around a section: along its first row, down one end of its rows, back along its last row and up the other end.
 * A convex hull would fill the hollow side of a curved block; this keeps the arc.
 */
export function sectionOutline(rows: number[][], x: Float32Array, y: Float32Array): Float32Array {
  const aligned = runningOneWay(
    rows.filter((row) => row.length > 0),
    x,
    y,
  );
  const first = aligned[0] ?? [];
  const last = aligned.at(-1) ?? [];
  const ends = aligned.map((row) => row.at(-1) ?? 0);
  const starts = aligned.map((row) => row[0] ?? 0);
  const path = [...first, ...ends, ...last.toReversed(), ...starts.toReversed()];
  const outline = new Float32Array(path.length * 2);
  path.forEach((seat, i) => {
    outline[2 * i] = x[seat] ?? 0;
    outline[2 * i + 1] = y[seat] ?? 0;
  });
  return outline;
}

/** Rows all running the same way: one numbered from the other end is turned round, or the outline would cross itself. */
function runningOneWay(rows: number[][], x: Float32Array, y: Float32Array): number[][] {
  const distance = (a: number, b: number): number => Math.hypot((x[a] ?? 0) - (x[b] ?? 0), (y[a] ?? 0) - (y[b] ?? 0));
  const result: number[][] = [];
  for (const row of rows) {
    const before = result.at(-1);
    const start = before?.[0];
    const isTurned = start !== undefined && distance(start, row[0] ?? 0) > distance(start, row.at(-1) ?? 0) && row.length > 1;
    result.push(isTurned ? [...row].reverse() : row);
  }
  return result;
}
