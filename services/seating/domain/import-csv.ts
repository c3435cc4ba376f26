import { columnsOf, parseCoordinate, parsePrice, parsePriceCents, parseSeatNumber, quoted, type Columns } from './csv-fields.ts';
import { MAX_LINE_CHARACTERS, splitLine } from './csv-line.ts';
import type { LayoutProblem } from './layout.ts';
import { layoutFromDrafts, type ImportResult } from './section-drafts.ts';
import { LIMITS, nameProblem, type RowDraft, type SectionDraft } from './section-rules.ts';

type SeatLine = { line: number; number: number; priceCents: number; x: number; y: number };
type Rows = Map<string, Map<number, SeatLine>>;
type Import = { columns: Columns; sections: Map<string, Rows>; seats: number; problems: LayoutProblem[] };

/**
 * A CSV file (UTF-8, with or without a byte order mark, commas, fields quoted or not, LF or CRLF) as a layout with seat ids from 1;
 * or what is wrong with it, by line number, up to 20 problems: a file with a bad line is not imported at all.
 *
 * The header names the columns, in any order: `section,row,number,priceCents[,x,y]`; `price`, an amount in whole units with up to two
 * decimals, may stand for `priceCents`. Sections keep the order in which they first appear, rows theirs within the section; the
 * seats of a row stand in the order of their numbers. With x and y (the stage is at 0,0) rows rank by their mean distance from the
 * stage, without by their order.
 */
export function importCsv(input: string | Uint8Array): ImportResult {
  const text = decode(input);
  if (text === null) return failed('/lines/1', 'The file is not UTF-8. Save it as "CSV UTF-8" and send it again.');
  const lines = text.split(/\r\n|\n|\r/);
  const header = splitLine((lines[0] ?? '').slice(0, MAX_LINE_CHARACTERS));
  const columns = header === null ? 'a quoted field is not closed.' : columnsOf(header);
  if (typeof columns === 'string') return failed('/lines/1', `Line 1: ${columns}`);

  const work: Import = { columns, sections: new Map(), seats: 0, problems: [] };
  for (let i = 1; i < lines.length && work.problems.length < LIMITS.problems && work.seats <= LIMITS.seatsPerEvent; i++) {
    const line = lines[i] ?? '';
    if (line.trim() !== '') readLine(work, line, i + 1);
  }
  if (work.problems.length === 0 && work.seats === 0) return failed('/lines/2', 'Line 2: there is no seat after the header.');
  if (work.problems.length > 0) return { ok: false, problems: work.problems };
  return layoutFromDrafts([...work.sections].map(([name, rows]) => sectionDraft(name, rows, columns)));
}

function failed(path: string, message: string): ImportResult {
  return { ok: false, problems: [{ path, message }] };
}

/** Null when the bytes are not UTF-8: a wrong guess would import wrong names. */
function decode(input: string | Uint8Array): string | null {
  if (typeof input === 'string') return input.replace(/^\ufeff/, '');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(input);
  } catch {
    return null;
  }
}

function readLine(work: Import, text: string, line: number): void {
  const report = (column: string, message: string): void => {
    if (work.problems.length < LIMITS.problems)
      work.problems.push({ path: `/lines/${line}${column}`, message: `Line ${line}: ${message}` });
  };
  if (text.length > MAX_LINE_CHARACTERS) return report('', `it is longer than ${MAX_LINE_CHARACTERS} characters.`);
  const fields = splitLine(text);
  if (fields === null) return report('', 'a quoted field is not closed, or something follows its closing quote.');
  const { columns } = work;
  if (fields.length !== columns.count) return report('', `it has ${fields.length} fields; the header has ${columns.count}.`);

  const field = (index: number): string => fields[index] ?? '';
  const names = { section: field(columns.section), row: field(columns.row) };
  let good = true;
  const check = <T>(column: string, value: T | string): T | null => {
    if (typeof value !== 'string') return value;
    report(`/${column}`, `${column} ${value}`);
    good = false;
    return null;
  };
  const rows = work.sections.get(names.section);
  if (rows === undefined) check('section', nameProblemOf(names.section));
  if (rows?.has(names.row) !== true) check('row', nameProblemOf(names.row));
  const number = check('number', parseSeatNumber(field(columns.number)));
  const priceCents = columns.decimalPrice
    ? check('price', parsePrice(field(columns.price)))
    : check('priceCents', parsePriceCents(field(columns.price)));
  const x = columns.positions === null ? 0 : check('x', parseCoordinate(field(columns.positions.x)));
  const y = columns.positions === null ? 0 : check('y', parseCoordinate(field(columns.positions.y)));
  if (!good || number === null || priceCents === null || x === null || y === null) return;
  const problem = addSeat(work, names, { line, number, priceCents, x, y });
  if (problem !== null) report('', problem);
}

function nameProblemOf(name: string): string | null {
  const problem = nameProblem(name);
  return problem === null ? null : `${quoted(name)}: ${problem}`;
}

/** What stands against adding the seat; null when it was added. */
function addSeat(work: Import, { section, row }: { section: string; row: string }, seat: SeatLine): string | null {
  const rows: Rows = work.sections.get(section) ?? new Map();
  const seats = rows.get(row) ?? new Map<number, SeatLine>();
  const other = seats.get(seat.number);
  if (other !== undefined)
    return `seat ${seat.number} of row ${quoted(row)} in section ${quoted(section)} is on line ${other.line} already.`;
  if (!work.sections.has(section) && work.sections.size === LIMITS.sectionsPerEvent) {
    return `section ${quoted(section)} is one more than the ${LIMITS.sectionsPerEvent} that an event can have.`;
  }
  if (!rows.has(row) && rows.size === LIMITS.rowsPerSection) {
    return `row ${quoted(row)} is one more than the ${LIMITS.rowsPerSection} that section ${quoted(section)} can have.`;
  }
  if (seats.size === LIMITS.seatsPerRow) {
    return `this seat is one more than the ${LIMITS.seatsPerRow} that row ${quoted(row)} in section ${quoted(section)} can have.`;
  }
  work.seats++;
  if (work.seats > LIMITS.seatsPerEvent) return `this seat is one more than the ${LIMITS.seatsPerEvent} that an event can have.`;
  work.sections.set(section, rows.set(row, seats.set(seat.number, seat)));
  return null;
}

function sectionDraft(name: string, rows: Rows, columns: Columns): SectionDraft {
  const drafts = [...rows].map(([rowName, seats]) => rowDraft(rowName, seats, columns));
  const priceCents = drafts.reduce(
    (lowest, row) => row.priceCents.reduce((least, price) => Math.min(least, price), lowest),
    Infinity,
  );
  return { name, kind: 'SEATED', priceCents, rows: drafts };
}

function rowDraft(name: string, lines: ReadonlyMap<number, SeatLine>, columns: Columns): RowDraft {
  const seats = [...lines.values()].sort((a, b) => a.number - b.number);
  return {
    name,
    path: `/lines/${lines.values().next().value?.line ?? 1}`,
    rank: null,
    numbers: seats.map((seat) => seat.number),
    priceCents: seats.map((seat) => seat.priceCents),
    positions: columns.positions === null ? null : { x: seats.map((seat) => seat.x), y: seats.map((seat) => seat.y) },
    curve: 0,
  };
}
