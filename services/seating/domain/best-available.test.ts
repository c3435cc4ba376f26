import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeatChooser, type BestAvailableRequest, type SeatChooser } from './best-available.ts';
import type { Layout } from './layout.ts';
import { layoutOf, layoutOfCsv } from './test-layouts.ts';

/** Rows of one section from the stage backwards; `.` is free, `#` is not. */
function hall(...rows: string[]): { layout: Layout; chooser: SeatChooser; choose(quantity: number): string | null } {
  const layout = layoutOf([
    { section: 'S', kind: 'SEATED', priceCents: 100, rows: rows.map((row, i) => ({ row: `${i}`, seats: row.length })) },
  ]);
  const statuses = rows.join('');
  const chooser = createSeatChooser(layout, (seatId) => statuses[seatId - 1] === '.');
  const choose = (quantity: number): string | null => {
    const chosen = chooser.choose({ quantity });
    return chosen && picture(layout, statuses, chosen);
  };
  return { layout, chooser, choose };
}

/** The rows again, with `o` for chosen seats. */
function picture(layout: Layout, statuses: string, chosen: readonly number[]): string {
  const seats = [...statuses].map((status, i) => (chosen.includes(i + 1) ? 'o' : status));
  return layout.rows.map((row) => seats.slice(row.firstSeatId - 1, row.lastSeatId).join('')).join(' ');
}

describe('best available seats', () => {
  it.each<[string, number, string[], string | null]>([
    ['are in the middle of the first row', 3, ['.......', '.......'], '..ooo.. .......'],
    ['are side by side in the first row that has room', 3, ['..#..', '#...#', '.....'], '..#.. #ooo# .....'],
    ['leave no seat alone at the end of a row', 2, ['.....#'], '...oo#'],
    ['leave no seat alone in the middle', 2, ['#....#'], '#oo..#'],
    ['are farther back rather than leave one alone', 2, ['#...#', '####..'], '#...# ####oo'],
    ['leave one alone if there is no other way', 2, ['#...#', '#...#'], '#oo.# #...#'],
    ['may be a seat that was alone', 1, ['#.#..', '.....'], '#o#.. .....'],
    ['may be a whole row', 4, ['....'], 'oooo'],
    ['are as few groups as there can be', 4, ['.#.#.#.', '...#.#.'], 'o#.#.#. ooo#.#.'],
    ['do not go round the end of a row', 3, ['#..', '..#', '#..'], '#oo .o# #..'],
    ['are none when there are not enough', 3, ['.#', '.#'], null],
    ['are none when all are taken', 1, ['##', '##'], null],
  ])('%s', (_, quantity, rows, expected) => expect(hall(...rows).choose(quantity)).toBe(expected));

  it('are split into groups that stand near one another', () => {
    const { choose } = hall('..#######..', '###########', '###########', '..#######..', '..#######..');
    expect(choose(4)).toBe('..#######.. ########### ########### oo#######.. oo#######..');
  });

  it('are split into groups on one side rather than in the rows that come next', () => {
    const { choose } = hall('..#######', '#######..', '..#######', '#######..', '..#######', '#######..');
    expect(choose(6)).toBe('oo####### #######.. oo####### #######.. oo####### #######..');
  });

  it('are split without leaving one alone where that can be', () => {
    const { choose } = hall('...#..#', '..#####');
    expect(choose(4)).toBe('...#oo# oo#####');
  });

  it('lose what is too much at the end that is farther from the others', () => {
    expect(hall('#######...', '......####').choose(7)).toBe('#######ooo ..oooo####');
  });

  it('keep to a section, also when another is nearer', () => {
    const layout = layoutOfCsv('section,row,number,priceCents,x,y\nNear,1,1,100,0,1\nFar,1,1,100,0,9\nFar,1,2,100,1,9');
    const chooser = createSeatChooser(layout, () => true);
    expect(chooser.choose({ quantity: 1 })).toEqual([1]);
    expect(chooser.choose({ quantity: 1, sectionIndex: 1 })).toEqual([2]);
    expect(chooser.choose({ quantity: 2, sectionIndex: 0 })).toBeNull();
    expect(chooser.countFree({ sectionIndex: 1 })).toBe(2);
  });

  it('keep to a price, seat by seat', () => {
    const layout = layoutOfCsv('section,row,number,priceCents\nS,1,1,300\nS,1,2,200\nS,1,3,100\nS,1,4,100\nS,2,1,100\nS,2,2,100');
    const chooser = createSeatChooser(layout, () => true);
    expect(chooser.choose({ quantity: 2, maxPriceCents: 150 })).toEqual([3, 4]);
    expect(chooser.choose({ quantity: 4, maxPriceCents: 150 })).toEqual([3, 4, 5, 6]);
    expect(chooser.choose({ quantity: 5, maxPriceCents: 150 })).toBeNull();
    expect(chooser.countFree({ maxPriceCents: 150 })).toBe(4);
  });

  it('are the end of a side row that is nearer to the stage', () => {
    const seats = [10, 11, 12, 13].map((x, i) => `S,1,${i + 1},100,${x},2`);
    const chooser = createSeatChooser(layoutOfCsv(`section,row,number,priceCents,x,y\n${seats.join('\n')}`), () => true);
    expect(chooser.choose({ quantity: 2 })).toEqual([1, 2]);
  });

  it('are the middle of a row that bends round the stage, whatever the rounding of its positions', () => {
    const seats = Array.from({ length: 9 }, (_, i) => {
      const angle = Math.PI / 2 + (i - 4) * 0.05;
      return `S,1,${i + 1},100,${(20 * Math.cos(angle)).toFixed(1)},${(20 * Math.sin(angle)).toFixed(1)}`;
    });
    const chooser = createSeatChooser(layoutOfCsv(`section,row,number,priceCents,x,y\n${seats.join('\n')}`), () => true);
    expect(chooser.choose({ quantity: 3 })).toEqual([4, 5, 6]);
  });

  it('change as seats are taken and freed', () => {
    const { chooser } = hall('....', '....');
    expect(chooser.choose({ quantity: 4 })).toEqual([1, 2, 3, 4]);
    chooser.taken([1, 2, 3, 4]);
    chooser.taken([4]);
    expect(chooser.choose({ quantity: 4 })).toEqual([5, 6, 7, 8]);
    expect(chooser.countFree({})).toBe(4);
    chooser.freed([1, 2, 3, 4, 999]);
    expect(chooser.choose({ quantity: 4 })).toEqual([1, 2, 3, 4]);
  });
});

type Case = { layout: Layout; isFree: (seatId: number) => boolean; request: BestAvailableRequest };

/** Up to 16 seats in rows of different lengths and prices, in two sections, as positions or not, most of them taken or most free. */
const cases = fc
  .record({
    rows: fc.array(
      fc.record({ section: fc.constantFrom('A', 'B'), seats: fc.integer({ min: 1, max: 7 }), price: fc.constantFrom(1, 2) }),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    positions: fc.boolean(),
    free: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
    quantity: fc.integer({ min: 1, max: 6 }),
    section: fc.constantFrom(undefined, undefined, 0),
    maxPriceCents: fc.constantFrom(undefined, undefined, 1),
  })
  .map(({ rows, positions, free, quantity, section, maxPriceCents }): Case => {
    const lines = rows.flatMap((row, r) =>
      Array.from(
        { length: row.seats },
        (_, i) => `${row.section},${r},${i + 1},${row.price}${positions ? `,${i * (r % 2 === 0 ? 1 : -1)},${r + 1}` : ''}`,
      ),
    );
    const layout = layoutOfCsv(`section,row,number,priceCents${positions ? ',x,y' : ''}\n${lines.slice(0, 16).join('\n')}`);
    return { layout, isFree: (seatId) => free[seatId - 1] === true, request: { quantity, sectionIndex: section, maxPriceCents } };
  });

describe('whatever is free, the choice', () => {
  const check = (property: (given: Case, chosen: number[] | null) => void): void => {
    fc.assert(
      fc.property(cases, (given) => property(given, createSeatChooser(given.layout, given.isFree).choose(given.request))),
      { numRuns: 500 },
    );
  };

  it('is that many free seats of the section and price, or nothing when there are not as many', () => {
    check((given, chosen) => {
      const offered = offeredSeats(given);
      expect(chosen === null).toBe(offered.length < given.request.quantity);
      if (chosen === null) return;
      expect(new Set(chosen).size).toBe(given.request.quantity);
      expect(chosen).toEqual(chosen.toSorted((a, b) => a - b));
      for (const seatId of chosen) expect(offered).toContain(seatId);
    });
  });

  it('is in one row if any has room: the first that leaves nobody alone, else the first', () => {
    check((given, chosen) => {
      const windows = adjacentChoices(given);
      const clean = windows.filter((window) => !leavesAlone(given, window));
      const best = clean[0] ?? windows[0];
      if (best === undefined || chosen === null) return;
      expect(groupsOf(given.layout, chosen)).toBe(1);
      expect(given.layout.seatRow[(chosen[0] ?? 0) - 1]).toBe(given.layout.seatRow[(best[0] ?? 0) - 1]);
      expect(leavesAlone(given, chosen)).toBe(clean.length === 0);
    });
  });

  it('is otherwise in as few groups as there can be, of which it leaves nobody alone if it can', () => {
    check((given, chosen) => {
      if (chosen === null || adjacentChoices(given).length > 0) return;
      const all = choicesOf(offeredSeats(given), given.request.quantity);
      const fewest = Math.min(...all.map((choice) => groupsOf(given.layout, choice)));
      expect(groupsOf(given.layout, chosen)).toBe(fewest);
      const avoidable = all.some((choice) => groupsOf(given.layout, choice) === fewest && !leavesAlone(given, choice));
      if (avoidable) expect(leavesAlone(given, chosen)).toBe(false);
    });
  });

  it('is the same after many changes as for a chooser that starts with them', () => {
    const change = fc.record({ free: fc.boolean(), seatIds: fc.array(fc.integer({ min: 1, max: 16 }), { maxLength: 5 }) });
    fc.assert(
      fc.property(cases, fc.array(change, { maxLength: 8 }), ({ layout, isFree, request }, changes) => {
        const free = new Set(offeredSeats({ layout, isFree, request: { quantity: 1 } }));
        const chooser = createSeatChooser(layout, isFree);
        for (const { free: nowFree, seatIds } of changes) {
          chooser.choose(request);
          if (nowFree) chooser.freed(seatIds);
          else chooser.taken(seatIds);
          for (const seatId of seatIds) {
            if (nowFree) free.add(seatId);
            else free.delete(seatId);
          }
        }
        expect(chooser.choose(request)).toEqual(createSeatChooser(layout, (seatId) => free.has(seatId)).choose(request));
      }),
    );
  });
});

describe('in a stadium', () => {
  it('the search stays bounded, and still finds the fewest groups', () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ row: `${i}`, seats: 300 }));
    const layout = layoutOf([{ section: 'S', kind: 'SEATED', priceCents: 100, rows }]);
    const every = (gap: number) => (seatId: number) => seatId % gap !== 0;
    const alternate = createSeatChooser(layout, every(2));
    alternate.freed([89_902]);
    expect(groupsOf(layout, alternate.choose({ quantity: 4 }) ?? [])).toBe(2);
    alternate.freed([89_904, 80_002]);
    expect(groupsOf(layout, alternate.choose({ quantity: 8 }) ?? [])).toBe(2);
    expect(groupsOf(layout, createSeatChooser(layout, every(2)).choose({ quantity: 100 }) ?? [])).toBe(100);
    expect(createSeatChooser(layout, every(3)).choose({ quantity: 60_001 })).toBeNull();
  });
});

// A second, slow way to say the same rules.

function offeredSeats({ layout, isFree, request }: Case): number[] {
  return Array.from(layout.seatRow, (rowIndex, i) => ({ seatId: i + 1, section: layout.rows[rowIndex]?.sectionIndex }))
    .filter(({ seatId, section }) => isFree(seatId) && section === (request.sectionIndex ?? section))
    .map(({ seatId }) => seatId)
    .filter((seatId) => (layout.priceCents[seatId - 1] ?? 0) <= (request.maxPriceCents ?? Infinity));
}

function areBeside(layout: Layout, a: number, b: number): boolean {
  return Math.abs(a - b) === 1 && layout.seatRow[a - 1] === layout.seatRow[b - 1];
}

function groupsOf(layout: Layout, seatIds: readonly number[]): number {
  return seatIds.filter((seatId) => !seatIds.some((other) => other < seatId && areBeside(layout, seatId, other))).length;
}

function adjacentChoices(given: Case): number[][] {
  const { layout, request } = given;
  const offered = offeredSeats(given);
  const windows = offered
    .map((first) => Array.from({ length: request.quantity }, (_, i) => first + i))
    .filter((window) => window.every((seatId) => offered.includes(seatId)) && groupsOf(layout, window) === 1);
  const place = (window: number[]): number => layout.rowsByRank.indexOf(layout.seatRow[(window[0] ?? 0) - 1] ?? -1);
  return windows.sort((a, b) => place(a) - place(b));
}

/** Whether a seat that had a free one beside it has none after this choice. */
function leavesAlone({ layout, isFree }: Case, chosen: readonly number[]): boolean {
  const stays = (seatId: number): boolean => isFree(seatId) && !chosen.includes(seatId);
  const seats = Array.from(layout.seatRow, (_, i) => i + 1);
  const hasNeighbour = (seatId: number, is: (other: number) => boolean): boolean =>
    [seatId - 1, seatId + 1].some((other) => areBeside(layout, seatId, other) && is(other));
  return seats.some((seatId) => stays(seatId) && hasNeighbour(seatId, isFree) && !hasNeighbour(seatId, stays));
}

function choicesOf(seatIds: readonly number[], quantity: number): number[][] {
  if (quantity === 0) return [[]];
  return seatIds.flatMap((seatId, i) => choicesOf(seatIds.slice(i + 1), quantity - 1).map((rest) => [seatId, ...rest]));
}
