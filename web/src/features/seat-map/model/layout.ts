import type { SeatMap } from '../../../../../contracts/http/seating.ts';
import { type Bounds, boundsOf, sectionOutline } from './outline.ts';

export type SeatRow = {
  section: number;
  name: string;
  /** Seat indexes from one end of the row to the other. */ seats: number[];
};

export type SeatedSection = {
  name: string;
  /** Lowest and highest price of its seats. */
  fromCents: number;
  toCents: number;
  seatCount: number;
  /** Indexes into `rows`. */
  rows: number[];
  /** Closed polygon around its seats: x, y, x, y, … */
  outline: Float32Array;
  bounds: Bounds;
};

export type PlacesSection = { name: string; priceCents: number; capacity: number };

/** The drawable form of an event's seats. Seat i here has the seatId i + 1. */
export type SeatLayout = {
  version: number;
  count: number;
  x: Float32Array;
  y: Float32Array;
  section: Uint16Array;
  row: Uint16Array;
  number: Uint16Array;
  priceCents: Int32Array;
  sections: SeatedSection[];
  rows: SeatRow[];
  places: PlacesSection[];
  bounds: Bounds;
  /** Usual distance of neighbours in a row, in layout units: what a zoom level is measured against. */
  pitch: number;
};

function columnOf<T extends Uint16Array | Int32Array | Float32Array>(target: T, values: number[]): T {
  for (let i = 0; i < target.length; i += 1) target[i] = values[i] ?? 0;
  return target;
}

/** Seats in order of number along their row; rows in order of first appearance, as the organizer listed them. */
function groupRows(seats: SeatMap['seats'], sectionIndex: Map<string, number>): SeatRow[] {
  const rows = new Map<string, SeatRow>();
  for (let i = 0; i < seats.section.length; i += 1) {
    const name = seats.row[i] ?? '';
    const key = `${seats.section[i]}\u0000${name}`;
    const known = rows.get(key);
    if (known !== undefined) known.seats.push(i);
    else rows.set(key, { section: sectionIndex.get(seats.section[i] ?? '') ?? 0, name, seats: [i] });
  }
  const number = (i: number): number => seats.number[i] ?? 0;
  for (const row of rows.values()) row.seats.sort((a, b) => number(a) - number(b));
  return [...rows.values()];
}

/** Median distance of neighbours over a sample of rows; 1 when there are none to measure. */
function usualPitch(rows: SeatRow[], x: Float32Array, y: Float32Array): number {
  const distances: number[] = [];
  const step = Math.max(1, Math.floor(rows.length / 200));
  for (let r = 0; r < rows.length; r += step) {
    const [a, b] = rows[r]?.seats ?? [];
    if (a === undefined || b === undefined) continue;
    const distance = Math.hypot((x[a] ?? 0) - (x[b] ?? 0), (y[a] ?? 0) - (y[b] ?? 0));
    if (distance > 0) distances.push(distance);
  }
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? 1;
}

function describeSections(
  names: string[],
  rows: SeatRow[],
  prices: Int32Array,
  x: Float32Array,
  y: Float32Array,
): SeatedSection[] {
  const members: number[][] = names.map(() => []);
  rows.forEach((row, index) => members[row.section]?.push(index));
  return names.map((name, index) => {
    const own = (members[index] ?? []).flatMap((r) => rows[r] ?? []);
    const seats = own.flatMap((row) => row.seats);
    const cents = seats.map((seat) => prices[seat] ?? 0);
    return {
      name,
      fromCents: cents.reduce((least, c) => Math.min(least, c), Number.POSITIVE_INFINITY),
      toCents: cents.reduce((most, c) => Math.max(most, c), 0),
      seatCount: seats.length,
      rows: members[index] ?? [],
      outline: sectionOutline(
        own.map((row) => row.seats),
        x,
        y,
      ),
      bounds: boundsOf(seats, x, y),
    };
  });
}

/** Turns the API's columns into what the map, the list and the keyboard work on. Done once per layout version. */
export function buildLayout(map: SeatMap): SeatLayout {
  const count = map.seats.section.length;
  const names = [...new Set(map.seats.section)];
  const sectionIndex = new Map(names.map((name, index) => [name, index]));
  const rows = groupRows(map.seats, sectionIndex);
  const x = columnOf(new Float32Array(count), map.seats.x);
  const y = columnOf(new Float32Array(count), map.seats.y);
  const priceCents = columnOf(new Int32Array(count), map.seats.priceCents);
  const section = new Uint16Array(count);
  const row = new Uint16Array(count);
  rows.forEach((r, index) => {
    for (const seat of r.seats) {
      section[seat] = r.section;
      row[seat] = index;
    }
  });
  const all = Array.from({ length: count }, (_, i) => i);
  return {
    version: map.layoutVersion,
    count,
    x,
    y,
    section,
    row,
    number: columnOf(new Uint16Array(count), map.seats.number),
    priceCents,
    sections: describeSections(names, rows, priceCents, x, y),
    rows,
    places: map.sections
      .filter((s) => s.kind === 'GENERAL_ADMISSION')
      .map((s) => ({ name: s.section, priceCents: s.priceCents, capacity: s.totalSeats })),
    bounds: boundsOf(all, x, y),
    pitch: usualPitch(rows, x, y),
  };
}

export type SeatFacts = { seatId: number; section: string; row: string; number: number; seatCode: string; priceCents: number };

/** What a stub says of a seat. */
export function seatFacts(layout: SeatLayout, seat: number): SeatFacts {
  const section = layout.sections[layout.section[seat] ?? 0]?.name ?? '';
  const row = layout.rows[layout.row[seat] ?? 0]?.name ?? '';
  const number = layout.number[seat] ?? 0;
  return {
    seatId: seat + 1,
    section,
    row,
    number,
    seatCode: `${section}-${row}-${number}`,
    priceCents: layout.priceCents[seat] ?? 0,
  };
}
