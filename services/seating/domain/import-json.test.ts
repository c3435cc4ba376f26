import { describe, expect, it } from 'vitest';
import { importJson } from './import-json.ts';
import { seatCode } from './layout.ts';
import { layoutOf } from './test-layouts.ts';

type Sections = Parameters<typeof importJson>[0];

function seated(section: string, rows: Extract<Sections[number], { kind: 'SEATED' }>['rows']): Sections[number] {
  return { section, kind: 'SEATED', priceCents: 5_000, rows };
}

function problemsOf(sections: Sections): { path: string; message: string }[] {
  const result = importJson(sections);
  return result.ok ? [] : result.problems;
}

describe('a seat plan in JSON', () => {
  it('makes the seats 1 to n of each row', () => {
    const layout = layoutOf([
      seated('VIP', [
        { row: 'A', seats: 3 },
        { row: 'B', seats: 1 },
      ]),
    ]);
    expect([1, 2, 3, 4].map((seatId) => seatCode(layout, seatId))).toEqual(['VIP-A-1', 'VIP-A-2', 'VIP-A-3', 'VIP-B-1']);
    expect([...layout.priceCents]).toEqual([5_000, 5_000, 5_000, 5_000]);
  });

  it('ranks rows as told, else by distance from the stage, else by their order', () => {
    const ranked = layoutOf([
      seated('S', [
        { row: 'back', seats: 1, rank: 9 },
        { row: 'front', seats: 1, rank: 2 },
      ]),
    ]);
    expect(ranked.rows.map((row) => row.rank)).toEqual([9, 2]);
    expect([...ranked.rowsByRank]).toEqual([1, 0]);
    const placed = layoutOf([
      seated('S', [
        { row: 'back', seats: 1, x: 3, y: 4 },
        { row: 'front', seats: 1, x: 0, y: 2 },
      ]),
    ]);
    expect(placed.rows.map((row) => row.rank)).toEqual([5_000, 2_000]);
    const plain = layoutOf([
      seated('S', [
        { row: 'A', seats: 1 },
        { row: 'B', seats: 1 },
      ]),
    ]);
    expect(plain.rows.map((row) => row.rank)).toEqual([1, 2]);
  });

  it('stands the seats of a row around its middle, one seat width apart', () => {
    const layout = layoutOf([seated('S', [{ row: 'A', seats: 3, x: 10, y: 5 }])]);
    expect([...layout.x]).toEqual([9, 10, 11]);
    expect([...layout.y]).toEqual([5, 5, 5]);
  });

  it.each([
    [5, [4, 5, 4]],
    [-5, [-4, -5, -4]],
  ])('bends the ends of a row at y = %d towards the stage', (y, expected) => {
    const layout = layoutOf([seated('S', [{ row: 'A', seats: 3, x: 0, y, curve: 1 }])]);
    expect([...layout.y]).toEqual(expected);
  });

  it('places rows behind one another and sections side by side when it is not told where', () => {
    const layout = layoutOf([
      seated('Left', [
        { row: 'A', seats: 5 },
        { row: 'B', seats: 7, curve: 1 },
      ]),
      { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 100, capacity: 50 },
      seated('Right', [{ row: 'A', seats: 5 }]),
    ]);
    const right = layout.x.slice(12);
    expect(Math.max(...layout.x.slice(0, 12))).toBeLessThan(Math.min(...right));
    expect(layout.y[2]).toBeLessThan(layout.y[8] ?? 0);
    const places = new Set(Array.from(layout.x, (x, i) => `${x},${layout.y[i]}`));
    expect(places.size).toBe(17);
  });

  it('places many sections in tiers, so that the map is not a ribbon', () => {
    const layout = layoutOf(Array.from({ length: 100 }, (_, i) => seated(`S${i}`, [{ row: 'A', seats: 20 }])));
    const width = Math.max(...layout.x) - Math.min(...layout.x);
    const depth = Math.max(...layout.y) - Math.min(...layout.y);
    expect(width / depth).toBeLessThan(10);
  });

  it('places a section without positions to the right of those that have them', () => {
    const layout = layoutOf([seated('Loose', [{ row: 'A', seats: 2 }]), seated('Placed', [{ row: 'A', seats: 2, x: 50, y: 9 }])]);
    expect(Math.min(...layout.x.slice(0, 2))).toBeGreaterThan(50.5);
    expect(layout.generatedSections).toEqual([0]);
  });

  it('takes as many seats as an event can have', () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ row: `R${i}`, seats: 1_000 }));
    expect(layoutOf([seated('Big', rows)]).seatRow).toHaveLength(100_000);
  });
});

describe('a seat plan in JSON that is wrong', () => {
  it.each<[string, Sections, string[]]>([
    [
      'two sections of one name',
      [seated('S', [{ row: 'A', seats: 1 }]), seated('S', [{ row: 'B', seats: 1 }])],
      ['/sections/1/section'],
    ],
    [
      'two rows of one name',
      [
        seated('S', [
          { row: 'A', seats: 1 },
          { row: 'A', seats: 2 },
        ]),
      ],
      ['/sections/0/rows/1/row'],
    ],
    ['a section without rows', [seated('S', [])], ['/sections/0/rows']],
    ['an empty name', [seated('', [{ row: 'A', seats: 1 }])], ['/sections/0/section']],
    ['a name of 61 characters', [seated('S', [{ row: 'x'.repeat(61), seats: 1 }])], ['/sections/0/rows/0/row']],
    ['a control character', [seated('S\u0000', [{ row: 'A\n', seats: 1 }])], ['/sections/0/section', '/sections/0/rows/0/row']],
    ['half a surrogate pair', [seated('S\ud800', [{ row: 'A', seats: 1 }])], ['/sections/0/section']],
    ['a change of direction', [seated('S\u202e', [{ row: 'A', seats: 1 }])], ['/sections/0/section']],
    ['a space at an end', [seated(' S', [{ row: 'A', seats: 1 }])], ['/sections/0/section']],
    ['x without y', [seated('S', [{ row: 'A', seats: 1, x: 1 }])], ['/sections/0/rows/0']],
    [
      'a position for one row only',
      [
        seated('S', [
          { row: 'A', seats: 1 },
          { row: 'B', seats: 1, x: 1, y: 1 },
        ]),
      ],
      ['/sections/0/rows/1'],
    ],
    [
      'two rows with the same seat codes',
      [seated('A-B', [{ row: 'C', seats: 1 }]), seated('A', [{ row: 'B-C', seats: 1 }])],
      ['/sections/1/rows/0'],
    ],
    [
      'too many seats',
      [
        seated(
          'S',
          Array.from({ length: 101 }, (_, i) => ({ row: `${i}`, seats: 1_000 })),
        ),
      ],
      ['/sections'],
    ],
  ])('names %s by its path', (_, sections, paths) => {
    expect(problemsOf(sections).map((problem) => problem.path)).toEqual(paths);
  });

  it('takes 60 characters that are more than 60 code units', () => {
    expect(problemsOf([seated('🎭'.repeat(60), [{ row: 'A', seats: 1 }])])).toEqual([]);
  });

  it('reports no more than 20 problems', () => {
    expect(problemsOf(Array.from({ length: 40 }, () => seated('', [])))).toHaveLength(20);
  });
});
