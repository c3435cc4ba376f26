import type { Availability, SeatDelta, SeatLetter, SeatStatuses } from '../../../contracts/http/seating.ts';
import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import { sectionIndexByName, sectionIndexOfSeat, type Layout } from '../domain/layout.ts';
import type { SectionPlaces } from '../domain/sale.ts';
import type { SaleRow } from '../store/sales.ts';

const LETTERS: readonly SeatLetter[] = ['A', 'R', 'L', 'B'];
/** With more seats their statuses are sent as bytes, with fewer as text (see platform/http/prebuilt.ts). */
const MAX_SEATS_AS_TEXT = 16_000;
const CODES: Record<SeatLetter, number> = { A: 65, R: 82, L: 76, B: 66 };

export type ViewSnapshot = {
  sale: SaleRow;
  layout: Layout;
  /** One letter a seat. */
  statuses: string;
  places: readonly SectionPlaces[];
};

/**
 * One event's seats as the readers see them: a byte a seat and counts a section, moved on by the seat events of one version after
 * the other. It decides nothing; it may be a moment behind the database.
 */
export type EventView = {
  readonly sale: SaleRow;
  readonly layout: Layout;
  version(): number;
  /** Applies the domain events of `version() + 1`, all of them at once, and answers what changed. */
  apply(events: readonly DomainEvent[]): SeatDelta;
  /** Takes the rules of the sale as they are now. */
  learn(sale: SaleRow): void;
  statuses(): SeatStatuses;
  /** `statuses()` as JSON; bytes when there are many seats, so that nothing is made but a copy. */
  statusJson(): string | Buffer;
  statusOf(seatId: number): SeatLetter | undefined;
  availability(): Availability;
};

export function createEventView({ layout, statuses, places, ...initial }: ViewSnapshot): EventView {
  let { sale } = initial;
  const { eventId } = sale.rules;
  const letters = Buffer.from(statuses, 'latin1');
  const totals: Record<SeatLetter, number> = { A: 0, R: 0, L: 0, B: 0 };
  const available = new Int32Array(layout.sections.length);
  let version = sale.version;
  letters.forEach((code, index) => {
    const letter = letterOf(code);
    totals[letter]++;
    if (letter === 'A') bump(sectionIndexOfSeat(layout, index + 1), 1);
  });
  for (const place of places) {
    const free = place.capacity - place.reserved - place.allocated;
    bump(place.sectionIndex, free);
    totals.A += free;
    totals.R += place.reserved;
    totals.L += place.allocated;
  }

  function bump(sectionIndex: number | undefined, by: number): void {
    if (sectionIndex !== undefined) available[sectionIndex] = (available[sectionIndex] ?? 0) + by;
  }

  function apply(events: readonly DomainEvent[]): SeatDelta {
    const changes = new Map<number, SeatLetter>();
    const touched = new Set<number>();
    for (const event of events) {
      const move = moveOf(event);
      if (move === null) continue;
      setSeats(move.seatIds, move.to, changes, touched);
      movePlaces(move.places, move.from, move.to, touched);
    }
    version++;
    const sections = [...touched].map((index) => ({
      section: layout.sections[index]?.name ?? '',
      availableSeats: available[index] ?? 0,
    }));
    return { version, changes: [...changes], sections };
  }

  function setSeats(
    seatIds: readonly number[],
    letter: SeatLetter,
    changes: Map<number, SeatLetter>,
    touched: Set<number>,
  ): void {
    for (const seatId of seatIds) {
      const before = letterOf(letters[seatId - 1] ?? CODES.A);
      letters[seatId - 1] = CODES[letter];
      totals[before]--;
      totals[letter]++;
      changes.set(seatId, letter);
      const section = sectionIndexOfSeat(layout, seatId);
      if (section === undefined || (before !== 'A' && letter !== 'A')) continue;
      bump(section, Number(letter === 'A') - Number(before === 'A'));
      touched.add(section);
    }
  }

  function movePlaces(
    places: readonly { section: string; quantity: number }[],
    from: SeatLetter,
    to: SeatLetter,
    touched: Set<number>,
  ): void {
    for (const { section, quantity } of places) {
      const index = sectionIndexByName(layout, section);
      if (index === undefined) continue;
      totals[from] -= quantity;
      totals[to] += quantity;
      if (from === 'A') bump(index, -quantity);
      if (to === 'A') bump(index, quantity);
      touched.add(index);
    }
  }

  return {
    get sale() {
      return sale;
    },
    layout,
    version: () => version,
    apply,
    learn(now) {
      sale = now;
    },
    statuses: () => ({ eventId, version, statuses: letters.toString('latin1') }),
    statusJson() {
      const head = `{"eventId":"${eventId}","version":${version},"statuses":"`;
      if (letters.length <= MAX_SEATS_AS_TEXT) return `${head}${letters.toString('latin1')}"}`;
      return Buffer.concat([Buffer.from(head), letters, END]);
    },
    statusOf: (seatId) => (seatId >= 1 && seatId <= letters.length ? letterOf(letters[seatId - 1] ?? CODES.A) : undefined),
    availability: () => ({
      eventId,
      version,
      totalSeats: totals.A + totals.R + totals.L + totals.B,
      availableSeats: totals.A,
      reservedSeats: totals.R,
      allocatedSeats: totals.L,
      blockedSeats: totals.B,
      seatsBySection: layout.sections.map(({ name, kind, priceCents, totalSeats }, index) => ({
        section: name,
        kind,
        priceCents,
        totalSeats,
        availableSeats: available[index] ?? 0,
      })),
    }),
  };
}

/** What an event moves: seats become `to`, whatever they were; places go over from one to the other. */
type Move = {
  seatIds: readonly number[];
  places: readonly { section: string; quantity: number }[];
  from: SeatLetter;
  to: SeatLetter;
};

function moveOf(event: DomainEvent): Move | null {
  switch (event.type) {
    case 'seat.reserved':
      return moved(event.data, 'A', 'R');
    case 'seat.released':
      return moved(event.data, event.data.previousStatus === 'ALLOCATED' ? 'L' : 'R', 'A');
    case 'seat.allocated':
      return moved(event.data, event.data.previousStatus === 'EXPIRED' ? 'A' : 'R', 'L');
    case 'seat.blocked':
      return moved({ ...event.data, places: [] }, 'A', 'B');
    case 'seat.unblocked':
      return moved({ ...event.data, places: [] }, 'B', 'A');
    default:
      return null;
  }
}

function moved({ seatIds, places }: Pick<Move, 'seatIds' | 'places'>, from: SeatLetter, to: SeatLetter): Move {
  return { seatIds, places, from, to };
}

const END = Buffer.from('"}');

function letterOf(code: number): SeatLetter {
  return LETTERS.find((letter) => CODES[letter] === code) ?? 'A';
}
