export type Palette = {
  paper: string;
  raised: string;
  ink: string;
  faded: string;
  rule: string;
  accent: string;
  onAccent: string;
  /** Band 1 to 5 at index 1 to 5. */
  bands: string[];
  /** Readable on the band's colour. */
  onBand: string[];
};

/** The colours of the page as it is now, light or dark: resolved by the browser, since a canvas knows no CSS variables. */
export function readPalette(within: HTMLElement): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  within.append(probe);
  const color = (name: string): string => {
    probe.style.color = `var(--color-${name})`;
    return getComputedStyle(probe).color;
  };
  const [paper, raised, ink] = [color('paper'), color('raised'), color('ink')];
  const bands = [raised, ...[1, 2, 3, 4, 5].map((band) => color(`band-${band}`))];
  const palette: Palette = {
    paper,
    raised,
    ink,
    faded: color('faded'),
    rule: color('rule'),
    accent: color('accent'),
    onAccent: color('on-accent'),
    bands,
    onBand: bands.map((band) => (lightness(band) > 0.5 ? '#16130f' : '#fffdf8')),
  };
  probe.remove();
  return palette;
}

/** Rough lightness of an `rgb(…)`, 0 to 1. */
function lightness(rgb: string): number {
  const [r = 0, g = 0, b = 0] = (rgb.match(/[\d.]+/g) ?? []).map(Number);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}
