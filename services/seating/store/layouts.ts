import { sql, type Tx } from '../../../platform/postgres/database.ts';
import { layoutFromColumns, seatCount, type Layout, type SectionFacts } from '../domain/layout.ts';

type SectionRow = { name: string; kind: 'SEATED' | 'GENERAL_ADMISSION'; price_cents: number; capacity: number | null };
type SeatColumnsRow = {
  section_index: number[];
  row_name: string[];
  rank: number[];
  number: number[];
  price_cents: number[];
  x: number[];
  y: number[];
};

const READ_SECTIONS = sql(
  'seating.read_sections',
  `select name, kind, price_cents, capacity
   from section left join place_state using (event_id, section_index)
   where event_id = $1 order by section_index`,
);

/** As arrays in one row: 90,000 seats as rows would cost the driver ten times as much. */
const READ_SEATS = sql(
  'seating.read_seats',
  `select array_to_json(array_agg(section_index)) as section_index, array_to_json(array_agg(row_name)) as row_name,
     array_to_json(array_agg(row_rank)) as rank, array_to_json(array_agg(number)) as number,
     array_to_json(array_agg(price_cents)) as price_cents, array_to_json(array_agg(x)) as x, array_to_json(array_agg(y)) as y
   from (select * from seat where event_id = $1 order by seat_id) as seat having count(*) > 0`,
);

const INSERT_SECTIONS = sql(
  'seating.insert_sections',
  `insert into section (event_id, section_index, name, kind, price_cents, first_seat_id, last_seat_id)
   select $1, * from unnest($2::integer[], $3::text[], $4::text[], $5::integer[], $6::integer[], $7::integer[])`,
);
const INSERT_PLACES = sql(
  'seating.insert_places',
  `insert into place_state (event_id, section_index, capacity) select $1, * from unnest($2::integer[], $3::integer[])`,
);
const INSERT_SEATS = sql(
  'seating.insert_seats',
  `insert into seat (event_id, seat_id, section_index, row_name, row_rank, number, price_cents, x, y)
   select $1, * from unnest($2::integer[], $3::integer[], $4::text[], $5::integer[], $6::integer[], $7::integer[],
     $8::double precision[], $9::double precision[])`,
);
const INSERT_SEAT_STATES = sql(
  'seating.insert_seat_states',
  `insert into seat_state (event_id, seat_id) select $1, generate_series($2::integer, $3::integer)`,
);
const SET_SECTION_PRICE = sql(
  'seating.set_section_price',
  `update section set price_cents = $3 where event_id = $1 and section_index = $2`,
);
const SET_SEAT_PRICES = sql(
  'seating.set_seat_prices',
  `update seat set price_cents = $3 where event_id = $1 and section_index = $2`,
);
const SET_CAPACITY = sql(
  'seating.set_capacity',
  `update place_state set capacity = $3 where event_id = $1 and section_index = $2`,
);

export async function readLayout(tx: Tx, eventId: string): Promise<Layout> {
  const [sections, [seats]] = await Promise.all([
    tx.rows<SectionRow>(READ_SECTIONS, [eventId]),
    tx.rows<SeatColumnsRow>(READ_SEATS, [eventId]),
  ]);
  const columns = {
    sectionIndex: seats?.section_index ?? [],
    rowName: seats?.row_name ?? [],
    rank: seats?.rank ?? [],
    number: seats?.number ?? [],
    priceCents: seats?.price_cents ?? [],
    x: seats?.x ?? [],
    y: seats?.y ?? [],
  };
  return layoutFromColumns(sections.map(toFacts), columns);
}

function toFacts(row: SectionRow): SectionFacts {
  if (row.kind === 'SEATED') return { name: row.name, kind: row.kind, priceCents: row.price_cents };
  return { name: row.name, kind: row.kind, priceCents: row.price_cents, capacity: row.capacity ?? 0 };
}

/** Writes the sections of `layout` from `firstSection` on, with their seats, all of them available. */
export async function insertSections(tx: Tx, eventId: string, layout: Layout, firstSection: number): Promise<void> {
  const added = layout.sections.map((section, index) => ({ section, index })).slice(firstSection);
  const seatedOnly = <T>(value: (first: number, last: number) => T) =>
    added.map(({ section }) => (section.kind === 'SEATED' ? value(section.firstSeatId, section.lastSeatId) : null));
  await tx.run(INSERT_SECTIONS, [
    eventId,
    added.map(({ index }) => index),
    added.map(({ section }) => section.name),
    added.map(({ section }) => section.kind),
    added.map(({ section }) => section.priceCents),
    seatedOnly((first) => first),
    seatedOnly((_, last) => last),
  ]);
  const places = added.flatMap(({ section, index }) =>
    section.kind === 'GENERAL_ADMISSION' ? [{ index, capacity: section.capacity }] : [],
  );
  await tx.run(INSERT_PLACES, [eventId, places.map((place) => place.index), places.map((place) => place.capacity)]);
  await insertSeats(tx, eventId, layout, firstSection);
}

async function insertSeats(tx: Tx, eventId: string, layout: Layout, firstSection: number): Promise<void> {
  const firstRow = layout.rows.findIndex((row) => row.sectionIndex >= firstSection);
  const firstSeatId = layout.rows[firstRow]?.firstSeatId;
  if (firstSeatId === undefined) return;
  const lastSeatId = seatCount(layout);
  const seatIds = Array.from({ length: lastSeatId - firstSeatId + 1 }, (_, index) => firstSeatId + index);
  const rowOf = (seatId: number) => layout.rows[layout.seatRow[seatId - 1] ?? 0];
  await tx.run(INSERT_SEATS, [
    eventId,
    seatIds,
    seatIds.map((seatId) => rowOf(seatId)?.sectionIndex),
    seatIds.map((seatId) => rowOf(seatId)?.name),
    seatIds.map((seatId) => rowOf(seatId)?.rank),
    seatIds.map((seatId) => layout.number[seatId - 1]),
    seatIds.map((seatId) => layout.priceCents[seatId - 1]),
    seatIds.map((seatId) => layout.x[seatId - 1]),
    seatIds.map((seatId) => layout.y[seatId - 1]),
  ]);
  await tx.run(INSERT_SEAT_STATES, [eventId, firstSeatId, lastSeatId]);
}

export async function setSectionPrice(tx: Tx, eventId: string, sectionIndex: number, priceCents: number): Promise<void> {
  await Promise.all([
    tx.run(SET_SECTION_PRICE, [eventId, sectionIndex, priceCents]),
    tx.run(SET_SEAT_PRICES, [eventId, sectionIndex, priceCents]),
  ]);
}

export function setCapacity(tx: Tx, eventId: string, sectionIndex: number, capacity: number): Promise<number> {
  return tx.run(SET_CAPACITY, [eventId, sectionIndex, capacity]);
}
