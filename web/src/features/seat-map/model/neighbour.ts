import type { GridIndex } from './grid-index.ts';
import type { SeatLayout } from './layout.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

const VECTORS: Record<Direction, [number, number]> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
/** A step to the side counts this much more than a step in the wanted direction. */
const SIDEWAYS = 2.5;
const REACHES = [3, 12, 60];

/**
 * The seat one step in a direction of the screen, over aisles and between sections; -1 at the edge of the plan.
 * Geometry alone decides, so that arrows do what the eye expects also where rows run around a bowl.
 */
export function neighbour(
  layout: SeatLayout,
  grid: GridIndex,
  seat: number,
  direction: Direction,
  exists: (seat: number) => boolean,
): number {
  const [dx, dy] = VECTORS[direction];
  const px = layout.x[seat] ?? 0;
  const py = layout.y[seat] ?? 0;
  for (const pitches of REACHES) {
    const reach = pitches * layout.pitch;
    let best = -1;
    let bestCost = Infinity;
    grid.within(px - reach, py - reach, px + reach, py + reach, (other) => {
      if (other === seat || !exists(other)) return;
      const ox = (layout.x[other] ?? 0) - px;
      const oy = (layout.y[other] ?? 0) - py;
      const ahead = ox * dx + oy * dy;
      const aside = Math.abs(ox * dy) + Math.abs(oy * dx);
      if (ahead < layout.pitch * 0.3 || aside > ahead * 1.8) return;
      const cost = ahead + aside * SIDEWAYS;
      if (cost < bestCost) {
        bestCost = cost;
        best = other;
      }
    });
    if (best !== -1) return best;
  }
  return -1;
}
