/**
 * The layout of an event: its sections, rows and seats. It does not change with sales; sections can be added to it later.
 * Seats are columns (index = seatId - 1), so that 90,000 of them cost about 3 MB and no object each.
 *
 * The stage stands at x = 0, y = 0. Positions are in the unit of the import; one seat width where they were generated.
 */

export type SeatedSection = {
  name: string;
  kind: 'SEATED';
  /** The lowest price of its seats; what each seat costs is in `Layout.priceCents`. */
  priceCents: number;
  firstSeatId: number;
  lastSeatId: number;
  totalSeats: number;
};
export type GeneralAdmissionSection = {
  name: string;
  kind: 'GENERAL_ADMISSION';
  priceCents: number;
  capacity: number;
  /** The capacity, under the name that it has in sums over all sections. */
  totalSeats: number;
};
export type Section = SeatedSection | GeneralAdmissionSection;

/** The seats of a row have consecutive ids, in the order in which they stand. A lower `rank`, a whole number, is nearer the stage. */
export type Row = { sectionIndex: number; name: string; rank: number; firstSeatId: number; lastSeatId: number };

export type Layout = {
  sections: readonly Section[];
  rows: readonly Row[];
  /** Index into `rows`. */
  seatRow: Int32Array;
  number: Int32Array;
  priceCents: Int32Array;
  x: Float64Array;
  y: Float64Array;
  /** Index into `sections` by section name. */
  sectionByName: ReadonlyMap<string, number>;
  /** Index into `rows` by a seat code without its number: `VIP-A` of `VIP-A-12`. */
  rowByCode: ReadonlyMap<string, number>;
  /** Indexes into `rows`, the row nearest the stage first. */
  rowsByRank: Int32Array;
  /** Sections whose positions an import made up, so that `mergeLayouts` may put them beside what is there. Empty once stored. */
  generatedSections: readonly number[];
};

export type Seat = { seatId: number; section: string; row: string; number: number; seatCode: string; priceCents: number };

export type LayoutProblem = { path: string; message: string };

export type SectionFacts =
  | { name: string; kind: 'SEATED'; priceCents: number }
  | { name: string; kind: 'GENERAL_ADMISSION'; priceCents: number; capacity: number };

/** One entry per seat, in seatId order; the seats of a section, and in it those of a row, follow one another. */
export type SeatColumns = {
  sectionIndex: ArrayLike<number>;
  rowName: ArrayLike<string>;
  rank: ArrayLike<number>;
  number: ArrayLike<number>;
  priceCents: ArrayLike<number>;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
};

type Parts = Pick<Layout, 'rows' | 'seatRow' | 'number' | 'priceCents' | 'x' | 'y' | 'generatedSections'>;

/** Rebuilds a layout from stored columns, which are taken to be those of a layout that was valid once. */
export function layoutFromColumns(
  sections: readonly SectionFacts[],
  seats: SeatColumns,
  generatedSections: readonly number[] = [],
): Layout {
  const count = seats.number.length;
  const rows: Row[] = [];
  const seatRow = new Int32Array(count);
  let row: Row | undefined;
  for (let i = 0; i < count; i++) {
    const sectionIndex = seats.sectionIndex[i] ?? 0;
    const name = seats.rowName[i] ?? '';
    if (row === undefined || row.sectionIndex !== sectionIndex || row.name !== name) {
      row = { sectionIndex, name, rank: seats.rank[i] ?? 0, firstSeatId: i + 1, lastSeatId: i + 1 };
      rows.push(row);
    }
    row.lastSeatId = i + 1;
    seatRow[i] = rows.length - 1;
  }
  return assembleLayout(sections, {
    rows,
    seatRow,
    number: new Int32Array(seats.number),
    priceCents: new Int32Array(seats.priceCents),
    x: new Float64Array(seats.x),
    y: new Float64Array(seats.y),
    generatedSections,
  });
}

/** Completes sections and indexes from rows and seat columns. */
export function assembleLayout(sections: readonly SectionFacts[], parts: Parts): Layout {
  const rowByCode = new Map<string, number>();
  const firstSeatId = new Int32Array(sections.length);
  const lastSeatId = new Int32Array(sections.length);
  parts.rows.forEach((row, rowIndex) => {
    rowByCode.set(rowCode(sections[row.sectionIndex]?.name ?? '', row.name), rowIndex);
    firstSeatId[row.sectionIndex] ||= row.firstSeatId;
    lastSeatId[row.sectionIndex] = row.lastSeatId;
  });
  const complete = sections.map((section, i): Section => {
    const { name, priceCents } = section;
    if (section.kind === 'GENERAL_ADMISSION') {
      return { name, kind: section.kind, priceCents, capacity: section.capacity, totalSeats: section.capacity };
    }
    const first = firstSeatId[i] ?? 0;
    const last = lastSeatId[i] ?? 0;
    return {
      name,
      kind: section.kind,
      priceCents,
      firstSeatId: first,
      lastSeatId: last,
      totalSeats: first === 0 ? 0 : last - first + 1,
    };
  });
  return {
    ...parts,
    sections: complete,
    sectionByName: new Map(sections.map((section, i) => [section.name, i])),
    rowByCode,
    rowsByRank: rankRows(parts),
  };
}

/** Nearest the stage first: by rank, then by how far the middle of the row is from the stage, then as imported. */
function rankRows({ rows, x, y }: Parts): Int32Array {
  const distance = rows.map((row) => {
    const middle = (row.firstSeatId + row.lastSeatId) >> 1;
    return Math.hypot(x[middle - 1] ?? 0, y[middle - 1] ?? 0);
  });
  const rank = rows.map((row) => row.rank);
  return Int32Array.from(rows.keys()).sort(
    (a, b) => (rank[a] ?? 0) - (rank[b] ?? 0) || (distance[a] ?? 0) - (distance[b] ?? 0) || a - b,
  );
}

export function rowCode(section: string, row: string): string {
  return `${section}-${row}`;
}

export function seatCount(layout: Layout): number {
  return layout.seatRow.length;
}

export function sectionIndexByName(layout: Layout, name: string): number | undefined {
  return layout.sectionByName.get(name);
}

/** Index into `sections` of a seat's section; undefined when the layout has no such seat. */
export function sectionIndexOfSeat(layout: Layout, seatId: number): number | undefined {
  return rowOfSeat(layout, seatId)?.sectionIndex;
}

function rowOfSeat(layout: Layout, seatId: number): Row | undefined {
  const rowIndex = layout.seatRow[seatId - 1];
  return rowIndex === undefined ? undefined : layout.rows[rowIndex];
}

/** Undefined when the layout has no such seat. */
export function seatOf(layout: Layout, seatId: number): Seat | undefined {
  const row = rowOfSeat(layout, seatId);
  const number = layout.number[seatId - 1];
  const priceCents = layout.priceCents[seatId - 1];
  if (row === undefined || number === undefined || priceCents === undefined) return undefined;
  const section = layout.sections[row.sectionIndex]?.name ?? '';
  return { seatId, section, row: row.name, number, seatCode: `${rowCode(section, row.name)}-${number}`, priceCents };
}

/** `VIP-A-12`. Throws a RangeError for a seat that the layout does not have. */
export function seatCode(layout: Layout, seatId: number): string {
  const seat = seatOf(layout, seatId);
  if (seat === undefined) throw new RangeError(`The layout has no seat ${seatId}.`);
  return seat.seatCode;
}

/**
 * The one seat whose code this exactly is. Names may contain `-`: the number is what follows the last one, and imports refuse
 * two rows whose codes would be the same (`A-B` + `C` and `A` + `B-C`).
 */
export function seatIdOfCode(layout: Layout, code: string): number | undefined {
  const dash = code.lastIndexOf('-');
  const digits = code.slice(dash + 1);
  const rowIndex = dash < 1 ? undefined : layout.rowByCode.get(code.slice(0, dash));
  const row = rowIndex === undefined ? undefined : layout.rows[rowIndex];
  if (row === undefined || !/^[1-9]\d{0,8}$/.test(digits)) return undefined;
  return seatIdOfNumber(layout, row, Number(digits));
}

/** Numbers grow along a row, but may have gaps. */
function seatIdOfNumber(layout: Layout, row: Row, number: number): number | undefined {
  let low = row.firstSeatId;
  let high = row.lastSeatId;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = layout.number[middle - 1] ?? 0;
    if (found === number) return middle;
    if (found < number) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
