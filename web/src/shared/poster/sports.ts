import type { Inks } from './inks.ts';
import { ART_BOTTOM, type Shape, WIDTH } from './shapes.ts';

type Turn = (x: number, y: number) => string;

/** The lines of a pitch, turned and seen close: halfway line, circle, penalty area and its arc, on mown stripes. */
export function sports(random: () => number, inks: Inks): Shape[] {
  const angle = (random() - 0.5) * 1.1;
  const scale = 1.1 + random() * 0.5;
  const [cx, cy] = [WIDTH * (0.35 + random() * 0.3), ART_BOTTOM * (0.45 + random() * 0.2)];
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const at: Turn = (x, y) => `${(cx + x * cos - y * sin).toFixed(1)} ${(cy + x * sin + y * cos).toFixed(1)}`;
  const circle = 70 * scale;
  const stripes: Shape[] = [-5, -3, -1, 1, 3, 5].map((i) => ({
    kind: 'path',
    d: `M${at(i * 60 - 30, -500)}L${at(i * 60 + 30, -500)}L${at(i * 60 + 30, 500)}L${at(i * 60 - 30, 500)}Z`,
    fill: `${inks.second}26`,
  }));
  const line = (d: string): Shape => ({ kind: 'path', d, stroke: inks.first, width: 5 });
  const area = (side: 1 | -1): Shape[] => [
    line(`M${at(side * 300, -110)}L${at(side * 170, -110)}L${at(side * 170, 110)}L${at(side * 300, 110)}`),
    line(`M${at(side * 300, -48)}L${at(side * 250, -48)}L${at(side * 250, 48)}L${at(side * 300, 48)}`),
    line(`M${at(side * 170, -42)}A${circle} ${circle} 0 0 ${side === 1 ? 0 : 1} ${at(side * 170, 42)}`),
  ];
  const ballAngle = random() * Math.PI * 2;
  const [ballX, ballY] = at(Math.cos(ballAngle) * 120, Math.sin(ballAngle) * 90)
    .split(' ')
    .map(Number);
  return [
    ...stripes,
    line(`M${at(0, -400)}L${at(0, 400)}`),
    line(`M${at(70, 0)}A${circle} ${circle} 0 1 1 ${at(-70, 0)}A${circle} ${circle} 0 1 1 ${at(70, 0)}`),
    line(`M${at(-300, -190)}L${at(300, -190)}L${at(300, 190)}L${at(-300, 190)}Z`),
    ...area(1),
    ...area(-1),
    { kind: 'circle', x: cx, y: cy, r: 7, fill: inks.first },
    { kind: 'circle', x: ballX ?? 0, y: ballY ?? 0, r: 20, fill: inks.second },
  ];
}
