import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importJson } from './import-json.ts';
import {
  layoutFromColumns,
  seatCode,
  seatIdOfCode,
  seatOf,
  sectionIndexByName,
  sectionIndexOfSeat,
  type Layout,
  type SeatColumns,
  type SectionFacts,
} from './layout.ts';
import { mergeLayouts } from './merge-layouts.ts';
import { layoutOf } from './test-layouts.ts';

const HALL = layoutOf([
  {
    section: 'VIP',
    kind: 'SEATED',
    priceCents: 9_000,
    rows: [
      { row: 'A', seats: 3 },
      { row: 'B', seats: 4 },
    ],
  },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 1_000, capacity: 200 },
  { section: 'Balcony-Left', kind: 'SEATED', priceCents: 4_000, rows: [{ row: '1-a', seats: 2 }] },
]);

describe('a layout', () => {
  it('numbers the seats of an event from 1, row after row', () => {
    expect(HALL.sections).toEqual([
      { name: 'VIP', kind: 'SEATED', priceCents: 9_000, firstSeatId: 1, lastSeatId: 7, totalSeats: 7 },
      { name: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 1_000, capacity: 200, totalSeats: 200 },
      { name: 'Balcony-Left', kind: 'SEATED', priceCents: 4_000, firstSeatId: 8, lastSeatId: 9, totalSeats: 2 },
    ]);
    expect(seatOf(HALL, 5)).toEqual({ seatId: 5, section: 'VIP', row: 'B', number: 2, seatCode: 'VIP-B-2', priceCents: 9_000 });
    expect(sectionIndexOfSeat(HALL, 9)).toBe(2);
    expect(sectionIndexByName(HALL, 'Floor')).toBe(1);
    expect(sectionIndexByName(HALL, 'floor')).toBeUndefined();
  });

  it.each([0, -1, 10, 1.5, NaN, Infinity])('has no seat %d', (seatId) => {
    expect(seatOf(HALL, seatId)).toBeUndefined();
    expect(() => seatCode(HALL, seatId)).toThrow(RangeError);
  });

  it('finds a seat by its code also when names contain dashes', () => {
    expect(seatCode(HALL, 9)).toBe('Balcony-Left-1-a-2');
    expect(seatIdOfCode(HALL, 'Balcony-Left-1-a-2')).toBe(9);
  });

  it.each([
    '',
    '-',
    'VIP',
    'VIP-A',
    'VIP-A-',
    'VIP-A-0',
    'VIP-A-03',
    'VIP-A-4',
    'VIP-A-1.0',
    'VIP-A-1e0',
    'vip-a-1',
    'VIP-A- 1',
    '-A-1',
    'Floor-A-1',
    '__proto__-x-1',
  ])('has no seat with the code "%s"', (code) => expect(seatIdOfCode(HALL, code)).toBeUndefined());

  it('finds seats whose numbers have gaps, by their exact number', () => {
    const odd = layoutFromColumns([{ name: 'S', kind: 'SEATED', priceCents: 1 }], columnsOf([1, 3, 5, 107]));
    expect([1, 2, 3, 5, 107, 108].map((number) => seatIdOfCode(odd, `S-R-${number}`))).toEqual([
      1,
      undefined,
      2,
      3,
      4,
      undefined,
    ]);
  });

  it('is the same after it was stored as columns and read again', () => {
    expect({ ...stored(HALL), generatedSections: [] }).toEqual({ ...HALL, generatedSections: [] });
  });

  it('gives every seat a code that leads back to it', () => {
    const name = fc.stringMatching(/^[A-C-]{1,3}$/);
    const row = fc.record({ row: name, seats: fc.integer({ min: 1, max: 4 }) });
    const section = fc.record({ section: name, priceCents: fc.nat(), rows: fc.array(row, { minLength: 1, maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(section, { minLength: 1, maxLength: 4 }), (sections) => {
        const imported = importJson(sections.map((s) => ({ ...s, kind: 'SEATED' })));
        fc.pre(imported.ok);
        imported.layout.seatRow.forEach((_, i) =>
          expect(seatIdOfCode(imported.layout, seatCode(imported.layout, i + 1))).toBe(i + 1),
        );
      }),
    );
  });
});

describe('adding sections to a layout', () => {
  const ADDED = layoutOf([
    { section: 'Box', kind: 'SEATED', priceCents: 20_000, rows: [{ row: 'X', seats: 2 }] },
    { section: 'Standing', kind: 'GENERAL_ADMISSION', priceCents: 500, capacity: 10 },
  ]);

  it('keeps the seats that are there and numbers the new ones after them', () => {
    const merged = merge(HALL, ADDED);
    expect(merged.sections.map((section) => section.name)).toEqual(['VIP', 'Floor', 'Balcony-Left', 'Box', 'Standing']);
    for (let seatId = 1; seatId <= 9; seatId++) expect(seatOf(merged, seatId)).toEqual(seatOf(HALL, seatId));
    expect(seatOf(merged, 10)).toEqual({
      seatId: 10,
      section: 'Box',
      row: 'X',
      number: 1,
      seatCode: 'Box-X-1',
      priceCents: 20_000,
    });
    expect(merged.sections[3]).toMatchObject({ firstSeatId: 10, lastSeatId: 11 });
    expect(seatIdOfCode(merged, 'Box-X-2')).toBe(11);
    expect(stored(merged)).toEqual(merged);
  });

  it('puts sections without positions beside what is there', () => {
    const merged = merge(HALL, ADDED);
    expect(Math.min(...merged.x.slice(9))).toBeGreaterThan(Math.max(...merged.x.slice(0, 9)));
  });

  it('leaves given positions as they are', () => {
    const given = layoutOf([{ section: 'Box', kind: 'SEATED', priceCents: 1, rows: [{ row: 'X', seats: 1, x: -3, y: 8 }] }]);
    const merged = merge(HALL, given);
    expect([merged.x[9], merged.y[9]]).toEqual([-3, 8]);
  });

  it('to an empty one is what was added', () => {
    const empty = layoutFromColumns([], columnsOf([]));
    expect(merge(empty, ADDED)).toEqual({ ...ADDED, generatedSections: [] });
  });

  it('refuses a name that the event already has', () => {
    const again = layoutOf([{ section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 500, capacity: 10 }]);
    expect(mergeLayouts(HALL, again)).toEqual({ ok: false, code: 'SECTION_EXISTS', sections: ['Floor'] });
  });

  it('refuses seats whose codes the event already has', () => {
    const same = layoutOf([{ section: 'Balcony', kind: 'SEATED', priceCents: 500, rows: [{ row: 'Left-1-a', seats: 1 }] }]);
    expect(mergeLayouts(HALL, same)).toMatchObject({ ok: false, code: 'LAYOUT_INVALID', problems: [{ path: '/sections' }] });
  });

  it('refuses more seats than an event can have', () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ row: `R${i}`, seats: 1_000 }));
    const huge = layoutOf([{ section: 'Huge', kind: 'SEATED', priceCents: 500, rows }]);
    expect(mergeLayouts(HALL, huge)).toMatchObject({ ok: false, code: 'LAYOUT_INVALID' });
  });
});

function merge(existing: Layout, added: Layout): Layout {
  const merged = mergeLayouts(existing, added);
  if (!merged.ok) throw new Error(merged.code);
  return merged.layout;
}

function columnsOf(numbers: number[]): SeatColumns {
  const zeros = numbers.map(() => 0);
  return {
    sectionIndex: zeros,
    rowName: numbers.map(() => 'R'),
    rank: zeros,
    number: numbers,
    priceCents: zeros,
    x: numbers,
    y: zeros,
  };
}

function stored(layout: Layout): Layout {
  const row = Array.from(layout.seatRow, (rowIndex) => layout.rows[rowIndex]);
  const facts = layout.sections.map((section): SectionFacts =>
    section.kind === 'SEATED'
      ? { name: section.name, kind: section.kind, priceCents: section.priceCents }
      : { name: section.name, kind: section.kind, priceCents: section.priceCents, capacity: section.capacity },
  );
  return layoutFromColumns(facts, {
    sectionIndex: row.map((r) => r?.sectionIndex ?? -1),
    rowName: row.map((r) => r?.name ?? ''),
    rank: row.map((r) => r?.rank ?? -1),
    number: layout.number,
    priceCents: layout.priceCents,
    x: layout.x,
    y: layout.y,
  });
}
