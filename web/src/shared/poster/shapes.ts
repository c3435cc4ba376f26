/** One mark of a poster in its 400 × 500 field. */
export type Shape =
  | { kind: 'path'; d: string; fill?: string; stroke?: string; width?: number }
  | { kind: 'circle'; x: number; y: number; r: number; fill?: string; stroke?: string; width?: number };

export const WIDTH = 400;
export const HEIGHT = 500;
/** The art lives above this line; the title stands below it on plain ground. */
export const ART_BOTTOM = 340;

/** Path data of a line through points, to a tenth of a unit. */
export function lineThrough(points: [number, number][]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}
