import type { Inks } from './inks.ts';
import { ART_BOTTOM, type Shape, WIDTH } from './shapes.ts';

/** A curtain drawn aside: folds that hang from the top and gather at the sides, a lit circle between them. */
export function theater(random: () => number, inks: Inks): Shape[] {
  const gap = WIDTH * (0.42 + random() * 0.16);
  const folds = 7 + Math.floor(random() * 3);
  const opening = 0.3 + random() * 0.35;
  const shapes: Shape[] = [{ kind: 'circle', x: gap, y: ART_BOTTOM - 60, r: 95 + random() * 30, fill: inks.second }];
  for (const side of [-1, 1] as const) {
    const outer = side === -1 ? -10 : WIDTH + 10;
    for (let i = 0; i < folds; i += 1) {
      // At the top the folds reach the gap; below they are gathered towards the side.
      const top = (share: number): number => outer + (gap - outer) * share;
      const bottom = (share: number): number => outer + (gap - outer) * share * (1 - opening);
      const [a, b] = [i / folds, (i + 1) / folds];
      const waist = ART_BOTTOM * (0.55 + 0.05 * Math.sin(i));
      const hem = ART_BOTTOM + 6 - (i % 2) * 10;
      const edge = (share: number): string =>
        `C${top(share).toFixed(1)} ${waist.toFixed(1)} ${bottom(share).toFixed(1)} ${waist.toFixed(1)} ${bottom(share).toFixed(1)} ${hem}`;
      const back = `C${bottom(a).toFixed(1)} ${waist.toFixed(1)} ${top(a).toFixed(1)} ${waist.toFixed(1)} ${top(a).toFixed(1)} -5`;
      shapes.push({
        kind: 'path',
        d: `M${top(a).toFixed(1)} -5L${top(b).toFixed(1)} -5${edge(b)}L${bottom(a).toFixed(1)} ${hem}${back}Z`,
        fill: i % 2 === 0 ? inks.first : `${inks.first}b8`,
      });
      shapes.push({ kind: 'path', d: `M${top(b).toFixed(1)} -5${edge(b)}`, stroke: inks.ground, width: 2.5 });
    }
  }
  return shapes;
}
