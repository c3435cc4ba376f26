import type { Inks } from './inks.ts';
import { ART_BOTTOM, lineThrough, type Shape, WIDTH } from './shapes.ts';

/** Two sources of waves that interfere, drawn as a field of lines; each line hides the ones behind it. */
export function concert(random: () => number, inks: Inks): Shape[] {
  const sources = [0, 1].map((i) => ({
    x: WIDTH * (0.15 + 0.5 * i + random() * 0.25),
    y: ART_BOTTOM * (0.2 + random() * 0.6),
    k: 0.045 + random() * 0.05,
  }));
  const lines = 30 + Math.floor(random() * 10);
  const amplitude = 11 + random() * 9;
  const accentEvery = 5 + Math.floor(random() * 4);
  const shapes: Shape[] = [];
  for (let i = 0; i <= lines; i += 1) {
    const base = 14 + (i / lines) * (ART_BOTTOM - 24);
    const points: [number, number][] = [];
    for (let x = -8; x <= WIDTH + 8; x += 6) {
      let lift = 0;
      for (const source of sources) {
        const distance = Math.hypot(x - source.x, (base - source.y) * 1.4);
        lift += Math.sin(distance * source.k * 2) * Math.exp(-distance / 150);
      }
      points.push([x, base - lift * amplitude * 1.6]);
    }
    const d = lineThrough(points);
    const isAccent = i % accentEvery === 2;
    shapes.push({ kind: 'path', d: `${d}V${ART_BOTTOM + 20}H-8Z`, fill: inks.ground });
    shapes.push({ kind: 'path', d, stroke: isAccent ? inks.second : inks.first, width: isAccent ? 4.2 : 2.1 });
  }
  return shapes;
}
