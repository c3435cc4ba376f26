import type { Inks } from './inks.ts';
import { ART_BOTTOM, type Shape, WIDTH } from './shapes.ts';

/** A field of points that swell around a few centres of attention; the largest are in the second ink. */
export function conference(random: () => number, inks: Inks): Shape[] {
  const centres = Array.from({ length: 2 + Math.floor(random() * 2) }, () => ({
    x: random() * WIDTH,
    y: random() * ART_BOTTOM,
    reach: 60 + random() * 70,
  }));
  const step = 20 + Math.floor(random() * 5);
  const slant = (random() - 0.5) * 0.5;
  const shapes: Shape[] = [];
  for (let row = 0; row * step < ART_BOTTOM + step; row += 1) {
    for (let column = -6; column * step < WIDTH + 6 * step; column += 1) {
      const x = column * step + (row % 2) * (step / 2) + row * step * slant;
      const y = row * step + 6;
      if (x < -12 || x > WIDTH + 12 || y > ART_BOTTOM - 4) continue;
      const pull = centres.reduce((sum, c) => sum + Math.exp(-(((x - c.x) ** 2 + (y - c.y) ** 2) / c.reach ** 2)), 0);
      const r = 1.4 + Math.min(1, pull) * step * 0.46;
      shapes.push({ kind: 'circle', x, y, r: Math.round(r * 10) / 10, fill: pull > 0.72 ? inks.second : inks.first });
    }
  }
  return shapes;
}
