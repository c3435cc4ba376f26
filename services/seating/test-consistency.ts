import { expect } from 'vitest';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { sql, type Database } from '../../platform/postgres/database.ts';
import { seatingOn } from './test-sale.ts';

type Seating = ReturnType<typeof seatingOn>;
type Stored = {
  sale: { version: number; total: number; available: number };
  seats: { seatId: number; status: string; reservationId: string | null }[];
  places: { section: string; capacity: number; reserved: number; allocated: number }[];
  reservations: StoredReservation[];
};
type StoredReservation = {
  reservationId: string;
  userId: string;
  status: string;
  seatIds: number[];
  places: number[];
  outcome: string | null;
  /** As the buyer was told: a refund takes nothing of it away. */
  reservedSeatIds: number[];
  refunds: number;
};

const OUTBOX = sql('test.outbox', `select events from outbox where key = $1 order by sequence`);
const STORED = sql(
  'test.stored',
  `select
     (select json_build_object('version', version, 'total', total_seats, 'available', available_seats)
      from event_sale where event_id = $1) as sale,
     (select coalesce(json_agg(json_build_object('seatId', seat_id, 'status', status::text, 'reservationId', reservation_id)
        order by seat_id), '[]') from seat_state where event_id = $1) as seats,
     (select coalesce(json_agg(json_build_object('section', name, 'capacity', capacity, 'reserved', reserved, 'allocated', allocated)
        order by section_index), '[]') from place_state join section using (event_id, section_index) where event_id = $1) as places,
     (select coalesce(json_agg(json_build_object('reservationId', reservation_id, 'userId', user_id, 'status', status,
        'seatIds', seat_ids, 'places', place_quantities, 'outcome', outcome,
        'reservedSeatIds', (select coalesce(json_agg(seat -> 'seatId'), '[]') from json_array_elements(content -> 'seats') as seat),
        'refunds', cardinality(refund_ids))), '[]') from reservation where event_id = $1) as reservations`,
);

/** What the log will say of an event, one entry per commit that published. */
export async function publishedOf(database: Database, eventId: string): Promise<DomainEvent[][]> {
  const rows = await database.rows<{ events: string }>(OUTBOX, [eventId]);
  return rows.map((row) => JSON.parse(row.events));
}

export async function storedOf(database: Database, eventId: string): Promise<Stored> {
  const [stored] = await database.rows<Stored>(STORED, [eventId]);
  if (!stored?.sale) throw new Error(`no such event: ${eventId}`);
  return stored;
}

/** The tables agree with one another, and so does what was published with them. */
export async function expectConsistent(database: Database, eventId: string, limit: number): Promise<Stored> {
  const [stored, published] = [await storedOf(database, eventId), await publishedOf(database, eventId)];
  expectTablesAgree(stored);
  expectGapless(published, stored.sale.version);
  expectReplayed(replay(published, stored, limit), stored);
  return stored;
}

/** Once the log has brought everything, whatever a process heard before and however often, its view is the database's state. */
export async function expectViewsHealed(database: Database, eventId: string, processes: readonly Seating[]): Promise<void> {
  const truth = (await seatingOn(database).views.get(eventId))?.view();
  for (const { views } of processes) {
    for (const events of await publishedOf(database, eventId)) views.offer(events);
    const feed = await views.get(eventId);
    await expect.poll(() => feed?.view().version(), { timeout: 5_000 }).toBe(truth?.version());
    expect(feed?.view().statuses()).toEqual(truth?.statuses());
    expect(feed?.view().availability()).toEqual(truth?.availability());
  }
}

function expectTablesAgree({ sale, seats, places, reservations }: Stored): void {
  const live = reservations.filter(({ status }) => status === 'RESERVED' || status === 'ALLOCATED');
  const claims = live.flatMap(({ reservationId, status, seatIds }) =>
    seatIds.map((seatId) => ({ seatId, status: status === 'RESERVED' ? 'R' : 'L', reservationId })),
  );
  expect(new Set(claims.map(({ seatId }) => seatId)).size).toBe(claims.length);
  const taken = seats.filter(({ reservationId }) => reservationId !== null);
  expect(taken).toEqual(claims.toSorted((a, b) => a.seatId - b.seatId));
  const held = (status: string) =>
    sum(live.filter((one) => one.status === status).flatMap(({ places: quantities }) => quantities));
  expect(sum(places.map(({ reserved }) => reserved))).toBe(held('RESERVED'));
  expect(sum(places.map(({ allocated }) => allocated))).toBe(held('ALLOCATED'));
  for (const { capacity, reserved, allocated } of places) expect(reserved + allocated).toBeLessThanOrEqual(capacity);
  const free = seats.filter(({ status }) => status === 'A').length;
  expect(sale.available).toBe(free + sum(places.map((place) => place.capacity - place.reserved - place.allocated)));
  expect(sale.total).toBe(seats.length + sum(places.map(({ capacity }) => capacity)));
  // What was allocated stays so until all of it was refunded.
  for (const { status, outcome, refunds } of reservations)
    expect(status === 'ALLOCATED' || (status === 'RELEASED' && refunds > 0)).toBe(outcome === 'ALLOCATED');
}

/** One record per version, one after the other, complete with its last event. */
function expectGapless(published: readonly DomainEvent[][], version: number): void {
  const changes = published
    .map((events) => events.flatMap(({ data }) => ('versionComplete' in data ? [data] : [])))
    .filter((events) => events.length > 0);
  expect(changes.map((events) => [...new Set(events.map((data) => data.version))])).toEqual(
    Array.from({ length: version }, (_, index) => [index + 1]),
  );
  for (const events of changes)
    expect(events.map((data) => data.versionComplete)).toEqual(events.map((_, index) => index === events.length - 1));
}

type Replayed = {
  seats: Map<number, { status: string; reservationId: string | null }>;
  places: Map<string, { reserved: number; allocated: number }>;
  reservations: Map<string, { userId: string; status: string; quantity: number }>;
  available: number;
};

/** The sale as somebody sees it who knows the layout and has read the whole log, and what must hold at every step of it. */
function replay(published: readonly DomainEvent[][], { seats, places }: Stored, limit: number): Replayed {
  const state: Replayed = {
    seats: new Map(seats.map(({ seatId }) => [seatId, { status: 'A', reservationId: null }])),
    places: new Map(places.map(({ section }) => [section, { reserved: 0, allocated: 0 }])),
    reservations: new Map(),
    available: 0,
  };
  for (const event of published.flat()) {
    if ('versionComplete' in event.data) state.available = event.data.availableSeats;
    apply(state, event, limit);
  }
  return state;
}

function apply(state: Replayed, event: DomainEvent, limit: number): void {
  const seat = (seatId: number) => state.seats.get(seatId) ?? { status: '?', reservationId: null };
  const set = (seatIds: readonly number[], from: string, status: string, reservationId: string | null) => {
    for (const seatId of seatIds) {
      expect(`${event.type} ${seatId}: ${seat(seatId).status}`).toBe(`${event.type} ${seatId}: ${from}`);
      state.seats.set(seatId, { status, reservationId });
    }
  };
  const move = (sections: readonly { section: string; quantity: number }[], reserved: number, allocated: number) => {
    for (const { section, quantity } of sections) {
      const place = state.places.get(section) ?? { reserved: 0, allocated: 0 };
      state.places.set(section, {
        reserved: place.reserved + reserved * quantity,
        allocated: place.allocated + allocated * quantity,
      });
    }
  };
  switch (event.type) {
    case 'seat.reserved': {
      const { reservationId, userId, seatIds, places } = event.data;
      set(seatIds, 'A', 'R', reservationId);
      move(places, 1, 0);
      const quantity = seatIds.length + sum(places.map((place) => place.quantity));
      state.reservations.set(reservationId, { userId, status: 'RESERVED', quantity });
      const mine = [...state.reservations.values()].filter((one) => one.userId === userId && isLive(one.status));
      expect(sum(mine.map((one) => one.quantity))).toBeLessThanOrEqual(limit);
      return;
    }
    case 'seat.released': {
      const { reservationId, seatIds, places, reason, previousStatus } = event.data;
      for (const seatId of seatIds) expect(seat(seatId).reservationId).toBe(reservationId);
      if (previousStatus === 'ALLOCATED') {
        set(seatIds, 'L', 'A', null);
        move(places, 0, -1);
        giveBack(state, reservationId, seatIds.length + sum(places.map((place) => place.quantity)));
        return;
      }
      set(seatIds, 'R', 'A', null);
      move(places, -1, 0);
      setStatus(state, reservationId, 'RESERVED', reason === 'EXPIRED' ? 'EXPIRED' : 'RELEASED');
      return;
    }
    case 'seat.allocated': {
      const { reservationId, seatIds, places, previousStatus } = event.data;
      set(seatIds, previousStatus === 'RESERVED' ? 'R' : 'A', 'L', reservationId);
      move(places, previousStatus === 'RESERVED' ? -1 : 0, 1);
      setStatus(state, reservationId, previousStatus, 'ALLOCATED');
      return;
    }
    case 'seat.blocked':
      return set(event.data.seatIds, 'A', 'B', null);
    case 'seat.unblocked':
      return set(event.data.seatIds, 'B', 'A', null);
    default:
  }
}

function setStatus(state: Replayed, reservationId: string, from: string, to: string): void {
  const known = state.reservations.get(reservationId);
  expect(known?.status).toBe(from);
  if (known) state.reservations.set(reservationId, { ...known, status: to });
}

function giveBack(state: Replayed, reservationId: string, quantity: number): void {
  const known = state.reservations.get(reservationId);
  expect(known?.status).toBe('ALLOCATED');
  if (!known) return;
  const left = known.quantity - quantity;
  state.reservations.set(reservationId, { ...known, quantity: left, status: left === 0 ? 'RELEASED' : 'ALLOCATED' });
}

/** What the log tells is what is stored: a domain event for every change, and none for what did not happen. */
function expectReplayed(replayed: Replayed, stored: Stored): void {
  expect([...replayed.seats].map(([seatId, state]) => ({ seatId, ...state }))).toEqual(stored.seats);
  expect([...replayed.places].map(([section, counts]) => ({ section, ...counts }))).toEqual(
    stored.places.map(({ section, reserved, allocated }) => ({ section, reserved, allocated })),
  );
  expect(replayed.available).toBe(stored.sale.available);
  const statuses = new Map(stored.reservations.map(({ reservationId, status }) => [reservationId, status]));
  expect(new Map([...replayed.reservations].map(([id, { status }]) => [id, status]))).toEqual(statuses);
}

function isLive(status: string): boolean {
  return status === 'RESERVED' || status === 'ALLOCATED';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
