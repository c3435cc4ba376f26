import { describe, expect, it } from 'vitest';
import { contrast, INKS } from './inks.ts';
import { drawPoster } from './poster.ts';

describe('posters', () => {
  it('look the same for the same event and different for another', () => {
    const one = drawPoster('evt_a', 'CONCERT');
    expect(drawPoster('evt_a', 'CONCERT')).toEqual(one);
    expect(drawPoster('evt_b', 'CONCERT').shapes).not.toEqual(one.shapes);
  });

  it.each(INKS)('have a title that can be read on $ground', ({ ground, title }) => {
    expect(contrast(ground, title)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['CONCERT', 'SPORTS', 'THEATER', 'CONFERENCE', 'OTHER', 'SOMETHING_NEW'])(
    'are drawn for %s without a broken number',
    (type) => {
      for (let i = 0; i < 20; i += 1) {
        const { shapes } = drawPoster(`evt_${i}`, type);
        expect(shapes.length).toBeGreaterThan(4);
        expect(JSON.stringify(shapes)).not.toMatch(/NaN|Infinity|null/);
      }
    },
  );
});
