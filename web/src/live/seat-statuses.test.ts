import { describe, expect, it } from 'vitest';
import { applyDelta, difference, tableFrom } from './seat-statuses.ts';

const text = (table: { letters: Uint8Array }): string => String.fromCharCode(...table.letters);

describe('the table of seat statuses', () => {
  it('moves on by the delta that follows it', () => {
    const table = tableFrom(4, 'AAAA');
    expect(
      applyDelta(table, {
        version: 5,
        changes: [
          [2, 'R'],
          [4, 'L'],
        ],
      }),
    ).toBe('applied');
    expect([table.version, text(table)]).toEqual([5, 'ARAL']);
  });

  it('changes nothing for a delta it already has, so that hearing twice is hearing once', () => {
    const table = tableFrom(5, 'ARAA');
    expect(applyDelta(table, { version: 5, changes: [[2, 'A']] })).toBe('stale');
    expect(applyDelta(table, { version: 3, changes: [[1, 'L']] })).toBe('stale');
    expect([table.version, text(table)]).toEqual([5, 'ARAA']);
  });

  it('sees a gap and leaves the table as it was', () => {
    const table = tableFrom(5, 'AAAA');
    expect(applyDelta(table, { version: 7, changes: [[1, 'R']] })).toBe('gap');
    expect([table.version, text(table)]).toEqual([5, 'AAAA']);
  });

  it('treats a seat it does not know as a gap: sections were added', () => {
    const table = tableFrom(5, 'AAAA');
    expect(
      applyDelta(table, {
        version: 6,
        changes: [
          [1, 'R'],
          [5, 'R'],
        ],
      }),
    ).toBe('gap');
    expect(text(table)).toBe('AAAA');
  });

  it('tells what a new snapshot changes', () => {
    expect(difference(tableFrom(1, 'AARB'), tableFrom(9, 'ALAB'))).toEqual([
      [2, 'L'],
      [3, 'A'],
    ]);
    expect(difference(tableFrom(1, 'AA'), tableFrom(2, 'AAA'))).toBeNull();
  });
});
