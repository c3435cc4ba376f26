/** Four inks of a poster: paper, two for the art, one for the title. The title reads on the ground at 4.5 : 1 or better. */
export type Inks = { ground: string; first: string; second: string; title: string };

/** No palette uses the app's vermilion, which means "yours". */
export const INKS: readonly Inks[] = [
  { ground: '#1d2b53', first: '#f2b544', second: '#8fb8de', title: '#fdf3df' },
  { ground: '#0f3d3e', first: '#e2b84b', second: '#7fb7a3', title: '#f6efdd' },
  { ground: '#efc84a', first: '#1c1a17', second: '#2f6f73', title: '#1c1a17' },
  { ground: '#6d1f3c', first: '#f3a6a0', second: '#f0c04c', title: '#fdeee6' },
  { ground: '#cfe0e6', first: '#1f3f63', second: '#d98a2f', title: '#14263d' },
  { ground: '#2a2438', first: '#b79ced', second: '#5bc0be', title: '#f4f0fa' },
  { ground: '#b8d8ba', first: '#20563f', second: '#f3efd9', title: '#12301f' },
  { ground: '#f4c9c1', first: '#8c2f4b', second: '#2c5f74', title: '#3c1020' },
  { ground: '#123524', first: '#efe3b0', second: '#e09f3e', title: '#f7f2dc' },
];

/** WCAG 2 contrast of two `#rrggbb`. */
export function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const channel = (at: number): number => {
      const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  };
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}
