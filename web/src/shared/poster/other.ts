import type { Inks } from './inks.ts';
import { ART_BOTTOM, type Shape, WIDTH } from './shapes.ts';

const TILES_ACROSS = 4;
const ROWS = 3;

/** Quarter circles in tiles, turned by chance: arcs that sometimes meet. */
export function other(random: () => number, inks: Inks): Shape[] {
  const side = WIDTH / TILES_ACROSS;
  const height = ART_BOTTOM / ROWS;
  const shapes: Shape[] = [];
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < TILES_ACROSS; column += 1) {
      const [x, y] = [column * side, row * height];
      const corner = Math.floor(random() * 4);
      const [cx, cy] = [corner % 2 === 0 ? x : x + side, corner < 2 ? y : y + height];
      const [sx, sy] = [corner % 2 === 0 ? 1 : -1, corner < 2 ? 1 : -1];
      const color = random() < 0.6 ? inks.first : inks.second;
      const quarter = (share: number): string => {
        const [rx, ry] = [side * share, height * share];
        const sweep = sx * sy === 1 ? 1 : 0;
        return `M${cx} ${cy}L${cx + sx * rx} ${cy.toFixed(1)}A${rx.toFixed(1)} ${ry.toFixed(1)} 0 0 ${sweep} ${cx} ${(cy + sy * ry).toFixed(1)}Z`;
      };
      if (random() < 0.14) continue;
      shapes.push({ kind: 'path', d: quarter(1), fill: color });
      if (random() < 0.55) shapes.push({ kind: 'path', d: quarter(0.62), fill: inks.ground });
      if (random() < 0.35) shapes.push({ kind: 'path', d: quarter(0.3), fill: color === inks.first ? inks.second : inks.first });
    }
  }
  return shapes;
}
