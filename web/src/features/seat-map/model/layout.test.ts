import { describe, expect, it } from 'vitest';
import { buildGridIndex } from './grid-index.ts';
import { buildLayout, seatFacts } from './layout.ts';
import { neighbour } from './neighbour.ts';
import { smallPlan } from './small-plan.fixture.ts';

describe('the layout of a plan', () => {
  const layout = buildLayout(smallPlan());
  const everySeat = (): boolean => true;

  it('knows sections with their prices, rows and standing places', () => {
    expect(layout.sections.map((s) => [s.name, s.seatCount, s.fromCents, s.rows.length])).toEqual([
      ['VIP', 15, 15_000, 3],
      ['Stalls', 15, 9000, 3],
    ]);
    expect(layout.places).toEqual([{ name: 'Floor', priceCents: 5000, capacity: 100 }]);
    expect(layout.pitch).toBe(1);
  });

  it('names a seat the way its ticket will', () => {
    expect(seatFacts(layout, 0)).toEqual({
      seatId: 1,
      section: 'VIP',
      row: 'A',
      number: 1,
      seatCode: 'VIP-A-1',
      priceCents: 15_000,
    });
  });

  it('outlines a section by its first row, the ends of its rows and its last row', () => {
    const outline = layout.sections[0]?.outline ?? [];
    const points = Array.from({ length: outline.length / 2 }, (_, i) => `${outline[2 * i]},${outline[2 * i + 1]}`);
    expect(points).toContain('1,0');
    expect(points).toContain('4,0');
    expect(points).toContain('6,4');
    expect(points).toContain('1,4');
  });

  it('keeps the outline simple when one row is numbered from the other end', () => {
    const plan = smallPlan();
    const turned = {
      ...plan,
      seats: {
        ...plan.seats,
        x: plan.seats.x.map((x, i) => (plan.seats.row[i] === 'B' && plan.seats.section[i] === 'VIP' ? 6 - x : x)),
      },
    };
    const outline = buildLayout(turned).sections[0]?.outline ?? [];
    // After the first row come the far ends of the rows: all of them on the same side.
    expect([outline[8], outline[10], outline[12]].every((x) => (x ?? 0) >= 4)).toBe(true);
  });

  it('moves from seat to seat by the arrows, over the aisle and to the next row', () => {
    const grid = buildGridIndex(layout.x, layout.y, 2);
    const step = (seat: number, direction: 'left' | 'right' | 'up' | 'down') =>
      neighbour(layout, grid, seat, direction, everySeat);
    expect(step(0, 'right')).toBe(1);
    expect(seatFacts(layout, step(3, 'right')).seatCode).toBe('Stalls-A-1');
    expect(seatFacts(layout, step(0, 'down')).seatCode).toBe('VIP-B-1');
    expect(step(0, 'up')).toBe(-1);
  });

  it('steps over seats that are not there', () => {
    const grid = buildGridIndex(layout.x, layout.y, 2);
    expect(neighbour(layout, grid, 0, 'right', (seat) => seat !== 1)).toBe(2);
  });
});
