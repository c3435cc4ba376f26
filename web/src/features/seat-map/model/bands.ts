export const BAND_COUNT = 5;

/** One step of the price ramp: what it costs from and to; 1 is the cheapest. */
export type PriceBand = { band: number; fromCents: number; toCents: number };

/**
 * Sorts prices into at most five bands. Few prices get a band each, spread over the whole ramp so that they look as different as they can;
 * many are cut into five groups of about as many distinct prices.
 */
export function priceBands(prices: Iterable<number>): PriceBand[] {
  const distinct = [...new Set(prices)].sort((a, b) => a - b);
  const groups = Math.min(BAND_COUNT, distinct.length);
  const bands: PriceBand[] = [];
  for (let g = 0; g < groups; g += 1) {
    const from = distinct[Math.floor((g * distinct.length) / groups)] ?? 0;
    const to = distinct[Math.floor(((g + 1) * distinct.length) / groups) - 1] ?? from;
    bands.push({ band: spread(g, groups), fromCents: from, toCents: to });
  }
  return bands;
}

/** Where the g-th of `groups` lies on the ramp 1 to 5; a single price takes the middle. */
function spread(g: number, groups: number): number {
  return groups === 1 ? 3 : 1 + Math.round((g * (BAND_COUNT - 1)) / (groups - 1));
}

export function bandOf(bands: PriceBand[], cents: number): number {
  return bands.find((band) => cents <= band.toCents)?.band ?? bands.at(-1)?.band ?? 3;
}
