import type { ReservedPlaces, ReservedSeat } from '../../../contracts/http/seating.ts';
import { seatCode, seatCount, sectionIndexByName, type Layout } from './layout.ts';
import { DELETED, type Change, type ReservationState, type SaleRules, type SaleState } from './sale.ts';

export type Selection =
  | { kind: 'seats'; seatIds: readonly number[] }
  | { kind: 'places'; places: readonly { section: string; quantity: number }[] }
  | { kind: 'best'; quantity: number; section?: string | undefined; maxPriceCents?: number | undefined };

export type ReserveCommand = {
  type: 'reserve';
  eventId: string;
  userId: string;
  /** Made by the caller, so that deciding is pure. */
  reservationId: string;
  selection: Selection;
};

export type ReserveRefusal =
  | { ok: false; code: 'EVENT_NOT_FOUND' }
  | { ok: false; code: 'SALE_NOT_OPEN'; reason: 'NOT_YET' | 'OVER' | 'CLOSED'; onSaleAt: Date }
  | { ok: false; code: 'SEAT_NOT_FOUND'; seatIds: number[] }
  | { ok: false; code: 'SECTION_NOT_FOUND'; section: string }
  | { ok: false; code: 'SELECTION_INVALID'; problem: string }
  | { ok: false; code: 'TICKET_LIMIT_EXCEEDED'; limit: number; held: number }
  | { ok: false; code: 'SEAT_UNAVAILABLE'; unavailableSeatIds: number[] }
  | { ok: false; code: 'SOLD_OUT'; available: number; section: string | null };

export type ReserveDecision = { ok: true; reservation: ReservationState; changes: Change[] } | ReserveRefusal;

type Chosen = { seatIds: readonly number[]; places: { sectionIndex: number; quantity: number }[] };
type Choice = { ok: true; chosen: Chosen } | ReserveRefusal;

/** Whether a buyer gets a hold. All or nothing: the hold has every seat and place asked for, or there is no hold. */
export function decideReserve(state: SaleState, command: ReserveCommand, now: Date, defaultTtlSeconds: number): ReserveDecision {
  if (isHiddenFrom(state.rules, command.userId)) return { ok: false, code: 'EVENT_NOT_FOUND' };
  const closed = whyClosed(state.rules, now);
  if (closed) return closed;
  const quantity = quantityOf(command.selection);
  const held = state.tickets.get(command.userId) ?? 0;
  const limit = state.rules.maxTicketsPerUser;
  if (held + quantity > limit) return { ok: false, code: 'TICKET_LIMIT_EXCEEDED', limit, held };
  const choice = choose(state, command.selection);
  if (!choice.ok) return choice;
  const reservation = hold(state, command, choice.chosen, quantity, now, defaultTtlSeconds);
  return { ok: true, reservation, changes: [{ type: 'reserved', reservation }] };
}

/** A draft is there for its organizer alone; others must not even learn that there is one. A deleted event is there for nobody. */
export function isHiddenFrom(rules: Pick<SaleRules, 'status' | 'organizerId'>, userId: string): boolean {
  return rules.status === DELETED || (rules.status === 'DRAFT' && rules.organizerId !== userId);
}

/** Why nothing can be reserved now, or null. */
export function whyClosed(rules: SaleRules, now: Date): ReserveRefusal | null {
  const refuse = (reason: 'NOT_YET' | 'OVER' | 'CLOSED'): ReserveRefusal => ({
    ok: false,
    code: 'SALE_NOT_OPEN',
    reason,
    onSaleAt: rules.onSaleAt,
  });
  if (rules.status !== 'UPCOMING' && rules.status !== 'ONGOING') return refuse('CLOSED');
  if (now < rules.onSaleAt) return refuse('NOT_YET');
  if ((rules.offSaleAt && now >= rules.offSaleAt) || now >= rules.endDate) return refuse('OVER');
  return null;
}

function quantityOf(selection: Selection): number {
  switch (selection.kind) {
    case 'seats':
      return selection.seatIds.length;
    case 'places':
      return selection.places.reduce((sum, place) => sum + place.quantity, 0);
    case 'best':
      return selection.quantity;
  }
}

function choose(state: SaleState, selection: Selection): Choice {
  switch (selection.kind) {
    case 'seats':
      return chooseSeats(state, selection.seatIds);
    case 'places':
      return choosePlaces(state, selection.places);
    case 'best':
      return chooseBest(state, selection);
  }
}

function chooseSeats(state: SaleState, seatIds: readonly number[]): Choice {
  if (new Set(seatIds).size !== seatIds.length) return invalid('The same seat is named twice.');
  const unknown = seatIds.filter((seatId) => !state.seats.has(seatId));
  if (unknown.length > 0) return { ok: false, code: 'SEAT_NOT_FOUND', seatIds: unknown };
  const unavailableSeatIds = seatIds.filter((seatId) => state.seats.get(seatId)?.status !== 'A');
  if (unavailableSeatIds.length > 0) return { ok: false, code: 'SEAT_UNAVAILABLE', unavailableSeatIds };
  return { ok: true, chosen: { seatIds, places: [] } };
}

function choosePlaces(state: SaleState, wanted: readonly { section: string; quantity: number }[]): Choice {
  const places: Chosen['places'] = [];
  for (const { section, quantity } of wanted) {
    const sectionIndex = sectionIndexByName(state.layout, section);
    if (sectionIndex === undefined) return { ok: false, code: 'SECTION_NOT_FOUND', section };
    if (places.some((place) => place.sectionIndex === sectionIndex)) return invalid(`Section ${section} is named twice.`);
    const place = state.places.get(sectionIndex);
    if (!place) return invalid(`Section ${section} has numbered seats: name seats, or ask for the best available.`);
    const available = place.capacity - place.reserved - place.allocated;
    if (quantity > available) return { ok: false, code: 'SOLD_OUT', available, section };
    places.push({ sectionIndex, quantity });
  }
  return { ok: true, chosen: { seatIds: [], places } };
}

/**
 * A general-admission section has no better or worse place: asking for its best is asking for any. Where there are seats, the best
 * are seats, unless a general-admission section is named.
 */
function chooseBest(state: SaleState, wanted: Extract<Selection, { kind: 'best' }>): Choice {
  const { quantity, section, maxPriceCents } = wanted;
  const sectionIndex = section === undefined ? undefined : sectionIndexByName(state.layout, section);
  if (section !== undefined && sectionIndex === undefined) return { ok: false, code: 'SECTION_NOT_FOUND', section };
  const priced = sectionIndex === undefined ? undefined : state.layout.sections[sectionIndex];
  if (priced?.kind === 'GENERAL_ADMISSION' && section !== undefined) {
    if (maxPriceCents !== undefined && priced.priceCents > maxPriceCents) return soldOut(0, section);
    return choosePlaces(state, [{ section, quantity }]);
  }
  if (section === undefined && seatCount(state.layout) === 0) return chooseBestPlaces(state, quantity, maxPriceCents);
  const request = {
    quantity,
    ...(sectionIndex === undefined ? {} : { sectionIndex }),
    ...(maxPriceCents === undefined ? {} : { maxPriceCents }),
  };
  const seatIds = state.chooser?.choose(request) ?? null;
  if (seatIds) return { ok: true, chosen: { seatIds, places: [] } };
  return soldOut(state.chooser?.countFree(request) ?? 0, section ?? null);
}

/** The dearest section that has room for all and is not too dear; where none has, the dearest that have any, filled in turn. */
function chooseBestPlaces(state: SaleState, quantity: number, maxPriceCents = Infinity): Choice {
  const offered = [...state.places]
    .map(([sectionIndex, place]) => ({
      sectionIndex,
      priceCents: state.layout.sections[sectionIndex]?.priceCents ?? 0,
      free: place.capacity - place.reserved - place.allocated,
    }))
    .filter(({ priceCents, free }) => priceCents <= maxPriceCents && free > 0)
    .toSorted((a, b) => b.priceCents - a.priceCents || a.sectionIndex - b.sectionIndex);
  const roomy = offered.find(({ free }) => free >= quantity);
  if (roomy) return { ok: true, chosen: { seatIds: [], places: [{ sectionIndex: roomy.sectionIndex, quantity }] } };
  const available = offered.reduce((sum, { free }) => sum + free, 0);
  if (available < quantity) return soldOut(available, null);
  const places: Chosen['places'] = [];
  let missing = quantity;
  for (const { sectionIndex, free } of offered) {
    if (missing > 0) places.push({ sectionIndex, quantity: Math.min(free, missing) });
    missing -= free;
  }
  return { ok: true, chosen: { seatIds: [], places } };
}

function soldOut(available: number, section: string | null): ReserveRefusal {
  return { ok: false, code: 'SOLD_OUT', available, section };
}

function invalid(problem: string): ReserveRefusal {
  return { ok: false, code: 'SELECTION_INVALID', problem };
}

function hold(
  state: SaleState,
  command: ReserveCommand,
  chosen: Chosen,
  quantity: number,
  now: Date,
  defaultTtlSeconds: number,
): ReservationState {
  const ttlSeconds = state.rules.holdTtlSeconds ?? defaultTtlSeconds;
  const expiresAt = new Date(now.getTime() + ttlSeconds * 1000);
  const seats = chosen.seatIds.map((seatId) => reservedSeat(state.layout, seatId));
  const places = chosen.places.map(({ sectionIndex, quantity }) => reservedPlaces(state.layout, sectionIndex, quantity));
  const totalCents =
    seats.reduce((sum, seat) => sum + seat.priceCents, 0) +
    places.reduce((sum, place) => sum + place.priceCents * place.quantity, 0);
  return {
    reservationId: command.reservationId,
    eventId: command.eventId,
    userId: command.userId,
    status: 'RESERVED',
    seatIds: chosen.seatIds,
    places: chosen.places,
    quantity,
    content: { seats, places, totalCents, currency: state.rules.currency, ttlSeconds },
    reservedAt: now,
    expiresAt,
    heldUntil: expiresAt,
    payingOrderId: null,
    payingPaymentId: null,
    orderId: null,
    outcome: null,
    endedAt: null,
    endReason: null,
    refundIds: [],
  };
}

export function reservedSeat(layout: Layout, seatId: number): ReservedSeat {
  const rowIndex = layout.seatRow[seatId - 1] ?? 0;
  const row = layout.rows[rowIndex];
  return {
    seatId,
    section: layout.sections[row?.sectionIndex ?? 0]?.name ?? '',
    row: row?.name ?? '',
    number: layout.number[seatId - 1] ?? 0,
    seatCode: seatCode(layout, seatId),
    priceCents: layout.priceCents[seatId - 1] ?? 0,
  };
}

function reservedPlaces(layout: Layout, sectionIndex: number, quantity: number): ReservedPlaces {
  const section = layout.sections[sectionIndex];
  return { section: section?.name ?? '', quantity, priceCents: section?.priceCents ?? 0 };
}
