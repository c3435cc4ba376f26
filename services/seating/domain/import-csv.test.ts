import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importCsv } from './import-csv.ts';
import { seatCode, seatOf } from './layout.ts';
import { layoutOfCsv } from './test-layouts.ts';

const HEADER = 'section,row,number,priceCents';

function problemsOf(csv: string | Uint8Array): { path: string; message: string }[] {
  const result = importCsv(csv);
  return result.ok ? [] : result.problems;
}

function codesOf(csv: string | Uint8Array): string[] {
  const layout = layoutOfCsv(csv);
  return Array.from(layout.seatRow, (_, i) => seatCode(layout, i + 1));
}

describe('a seat plan in CSV', () => {
  it('keeps the order of sections and rows, and sorts seats by number', () => {
    const csv = `${HEADER}\nB,2,2,500\nA,1,1,900\nB,1,1,500\nB,2,1,700\n`;
    expect(codesOf(csv)).toEqual(['B-2-1', 'B-2-2', 'B-1-1', 'A-1-1']);
    const layout = layoutOfCsv(csv);
    expect(layout.sections).toMatchObject([
      { name: 'B', priceCents: 500, firstSeatId: 1, lastSeatId: 3 },
      { name: 'A', priceCents: 900, firstSeatId: 4, lastSeatId: 4 },
    ]);
    expect([...layout.priceCents]).toEqual([700, 500, 500, 900]);
    expect(layout.rows.map((row) => row.rank)).toEqual([1, 2, 1]);
  });

  it('reads a byte order mark, CRLF, quotes, spaces, blank lines, and columns in any order and case', () => {
    const csv =
      '\ufeffNumber, SECTION ,row,"priceCents"\r\n12,"Loge ""A"", left",7,100\r\n\r\n 013 , "Loge ""A"", left" , 7 ,100';
    expect(codesOf(csv)).toEqual(['Loge "A", left-7-12', 'Loge "A", left-7-13']);
    expect(codesOf(new TextEncoder().encode(csv))).toEqual(codesOf(csv));
  });

  it('counts a line once, whatever ends it', () => {
    expect(problemsOf(`${HEADER}\r\nA,1,1,1\nA,1,2,1\r\n\rA,1,x,1`)).toMatchObject([{ path: '/lines/5/number' }]);
  });

  it('reads decimal prices exactly', () => {
    const layout = layoutOfCsv('section,row,number,price\nA,1,1,0.29\nA,1,2,1.1\nA,1,3,4\nA,1,4,9999999.99\nA,1,5,0');
    expect([...layout.priceCents]).toEqual([29, 110, 400, 999_999_999, 0]);
  });

  it('takes positions, and ranks rows by their mean distance from the stage', () => {
    const layout = layoutOfCsv(`${HEADER},x,y\nA,back,1,1,3,4\nA,back,2,1,-3,4\nA,front,1,1,-.5e0,-0`);
    expect([...layout.x]).toEqual([3, -3, -0.5]);
    expect([...layout.y]).toEqual([4, 4, 0]);
    expect(layout.rows.map((row) => row.rank)).toEqual([5_000, 500]);
    expect([...layout.rowsByRank]).toEqual([1, 0]);
  });

  it('takes what looks like a formula as the text that it is', () => {
    const layout = layoutOfCsv(`${HEADER}\n=1+1,@SUM(A1),1,100`);
    expect(seatOf(layout, 1)).toMatchObject({ section: '=1+1', row: '@SUM(A1)' });
  });

  it('reads 20,000 lines in well under a second', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `"Ring ${Math.floor(i / 1000)}",${Math.floor(i / 20) % 50},${(i % 20) + 1},5000,${i % 97}.25,${i % 31}.5`,
    );
    // Of processor time: the clock also counts what else the machine does.
    const started = process.cpuUsage();
    expect(layoutOfCsv(`${HEADER},x,y\n${lines.join('\n')}`).seatRow).toHaveLength(20_000);
    const { user, system } = process.cpuUsage(started);
    expect(user + system).toBeLessThan(1_000_000);
  });
});

describe('a bad line', () => {
  it.each([
    ['too few fields', 'A,1,1', '/lines/3', 'it has 3 fields'],
    ['too many fields', 'A,1,1,100,7', '/lines/3', 'it has 5 fields'],
    ['a quote that is not closed', '"A,1,1,100', '/lines/3', 'quoted field'],
    ['something after a quote', '"A"x,1,1,100', '/lines/3', 'quoted field'],
    ['a quote inside a field', 'A"B",1,1,100', '/lines/3', 'quoted field'],
    ['no section', ',1,1,100', '/lines/3/section', '0'],
    ['no row', 'A,"",1,100', '/lines/3/row', '0'],
    ['a name too long', `${'n'.repeat(61)},1,1,100`, '/lines/3/section', '61'],
    ['a control character', 'A\u0007,1,1,100', '/lines/3/section', '\\u0007'],
    ['NUL', 'A,1\u0000,1,100', '/lines/3/row', '\\u0000'],
    ['a number of NaN', 'A,1,NaN,100', '/lines/3/number', '"NaN"'],
    ['a number of 0', 'A,1,0,100', '/lines/3/number', '"0"'],
    ['a negative number', 'A,1,-3,100', '/lines/3/number', '"-3"'],
    ['a fraction', 'A,1,1.5,100', '/lines/3/number', '"1.5"'],
    ['hexadecimal', 'A,1,0x10,100', '/lines/3/number', '"0x10"'],
    ['a huge number', `A,1,${'9'.repeat(400)},100`, '/lines/3/number', '…'],
    ['a formula for a number', 'A,1,=1+1,100', '/lines/3/number', '"=1+1"'],
    ['digits of another script', 'A,1,١,100', '/lines/3/number', '١'],
    ['a negative price', 'A,1,1,-100', '/lines/3/priceCents', '"-100"'],
    ['a price with decimals', 'A,1,1,10.50', '/lines/3/priceCents', '"10.50"'],
    ['a price beyond the greatest', 'A,1,1,1000000000', '/lines/3/priceCents', 'from 0 to 999999999'],
    ['an endless line', `A,1,1,${'1'.repeat(5_000)}`, '/lines/3', 'longer than'],
  ])('is named by its number: %s', (_, line, path, message) => {
    const problems = problemsOf(`${HEADER}\nA,1,99,100\n${line}\nA,1,98,100`);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toBe(path);
    expect(problems[0]?.message).toContain('Line 3: ');
    expect(problems[0]?.message).toContain(message);
  });

  it.each(['', 'NaN', 'Infinity', '1e9', '100001', '1e999', '0x1', '1,5', '--1', 'e1', '.'])('is one whose x is "%s"', (x) => {
    expect(problemsOf(`${HEADER},x,y\nA,1,1,100,"${x}",0`)).toMatchObject([{ path: '/lines/2/x' }]);
  });

  it.each(['', '1.005', '1,50', '$1', '-1', '1e3', '.5', '10000000.00'])('is one whose decimal price is "%s"', (price) => {
    expect(problemsOf(`section,row,number,price\nA,1,1,"${price}"`)).toMatchObject([{ path: '/lines/2/price' }]);
  });

  it('tells both places of a seat that is there twice', () => {
    const problems = problemsOf(`${HEADER}\nA,1,7,100\nA,2,7,100\n"A","1",07,200`);
    expect(problems).toEqual([{ path: '/lines/4', message: 'Line 4: seat 7 of row "1" in section "A" is on line 2 already.' }]);
  });

  it('names everything wrong with a line', () => {
    expect(problemsOf(`${HEADER}\n,,x,y`).map((problem) => problem.path)).toEqual([
      '/lines/2/section',
      '/lines/2/row',
      '/lines/2/number',
      '/lines/2/priceCents',
    ]);
  });

  it('is one of at most 20 that are reported', () => {
    expect(problemsOf(`${HEADER}\n${',,,\n'.repeat(1_000)}`)).toHaveLength(20);
  });

  it('is one that goes beyond what an event can have', () => {
    const seats = Array.from(
      { length: 100_001 },
      (_, i) => `S${Math.floor(i / 250_000)},${Math.floor(i / 1000)},${(i % 1000) + 1},1`,
    );
    expect(problemsOf(`${HEADER}\n${seats.join('\n')}`)).toMatchObject([{ path: '/lines/100002' }]);
    const sections = Array.from({ length: 501 }, (_, i) => `S${i},1,1,1`);
    expect(problemsOf(`${HEADER}\n${sections.join('\n')}`)).toMatchObject([{ path: '/lines/502' }]);
    const rows = Array.from({ length: 501 }, (_, i) => `S,${i},1,1`);
    expect(problemsOf(`${HEADER}\n${rows.join('\n')}`)).toMatchObject([{ path: '/lines/502' }]);
    const row = Array.from({ length: 1_001 }, (_, i) => `S,1,${i + 1},1`);
    expect(problemsOf(`${HEADER}\n${row.join('\n')}`)).toMatchObject([{ path: '/lines/1002' }]);
  });

  it('is one whose row has the seat codes of another', () => {
    expect(problemsOf(`${HEADER}\nA-B,C,1,1\nA,B-C,1,1`)).toMatchObject([{ path: '/lines/3' }]);
  });
});

describe('a file that is not a seat plan', () => {
  it.each([
    ['nothing', '', 'is not a column'],
    ['a header alone', HEADER, 'no seat after the header'],
    ['no header', 'A,1,1,100\n', '"A" is not a column'],
    ['semicolons', 'section;row;number;priceCents\nA;1;1;100', 'is not a column'],
    ['a missing column', 'section,number,priceCents\nA,1,100', '"row" is missing'],
    ['no price', 'section,row,number\nA,1,1', 'one of the columns'],
    ['both prices', `${HEADER},price\nA,1,1,100,1`, 'one of the columns'],
    ['x alone', `${HEADER},x\nA,1,1,100,1`, 'both of the columns'],
    ['a column twice', `${HEADER},Row\nA,1,1,100,1`, 'twice'],
    ['an unclosed header', 'section,"row', 'not closed'],
    ['Latin-1', Buffer.from(`${HEADER}\nCafé`, 'latin1'), 'UTF-8'],
    ['UTF-16', Uint8Array.from([0xff, 0xfe, 0x73, 0x00]), 'UTF-8'],
  ])('is refused: %s', (_, csv, message) => {
    const problems = problemsOf(csv);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(message);
  });

  it('never throws, whatever the bytes', () => {
    const pieces = fc.constantFrom(
      HEADER,
      '\n',
      '\r',
      ',',
      '"',
      '""',
      'A',
      '1',
      '-',
      '\u0000',
      '\u2028',
      '=1',
      ' ',
      '🎭',
      '\ud83c',
      '1e999',
      '\ufeff',
    );
    const text = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
    const input = fc.oneof(
      text,
      text.map((rest) => `${HEADER}\n${rest}`),
      fc.uint8Array({ maxLength: 200 }),
    );
    fc.assert(
      fc.property(input, (csv) => {
        const result = importCsv(csv);
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('any names and numbers', () => {
  it('come out of a quoted file as they went in', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => text.trim() === text && !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text));
    const seat = fc.record({
      section: name,
      row: name,
      number: fc.integer({ min: 1, max: 999_999 }),
      priceCents: fc.integer({ min: 0, max: 999_999_999 }),
    });
    const seats = fc.uniqueArray(seat, { minLength: 1, maxLength: 20, selector: (s) => `${s.section}-${s.row}-${s.number}` });
    const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(seats, (plan) => {
        const result = importCsv(
          `${HEADER}\n${plan.map((s) => `${quote(s.section)},${quote(s.row)},${s.number},${s.priceCents}`).join('\n')}`,
        );
        fc.pre(result.ok || !result.problems.some((problem) => problem.message.includes('codes')));
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        const read = Array.from(result.layout.seatRow, (_, i) => seatOf(result.layout, i + 1)).map((s) => [
          s?.section,
          s?.row,
          s?.number,
          s?.priceCents,
        ]);
        expect(new Set(read.map((s) => JSON.stringify(s)))).toEqual(
          new Set(plan.map((s) => JSON.stringify([s.section, s.row, s.number, s.priceCents]))),
        );
      }),
    );
  });
});
