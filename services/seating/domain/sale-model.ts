/**
 * A small second account of the seating rules, for tests: a list of holds and a set of blocked seats, everything else looked up
 * in them anew each time. Shares nothing with `decide` and `evolve`, keeps no counters and is slow.
 */

export const LIMITS = { seats: 8, places: 4, perUser: 5, ttlSeconds: 60 } as const;

export type Step =
  | { type: 'reserve'; user: string; seatIds: number[] }
  | { type: 'places'; user: string; quantity: number }
  | { type: 'best'; user: string; quantity: number }
  | { type: 'release'; hold: number; by: string | null }
  | { type: 'allocate'; hold: number; order: string }
  | { type: 'deallocate'; hold: number; order: string; refund: string; seatIds: number[]; places: number }
  | { type: 'open-window'; hold: number; order: string; seconds: number }
  | { type: 'close-window'; hold: number; order: string }
  | { type: 'block'; seatIds: number[] }
  | { type: 'unblock'; seatIds: number[] }
  | { type: 'wait'; seconds: number }
  | { type: 'cancel' };

export type ModelHold = {
  user: string;
  seatIds: number[];
  places: number;
  state: 'RESERVED' | 'ALLOCATED' | 'RELEASED' | 'EXPIRED';
  /** In seconds from the start. */
  end: number;
  until: number;
  paying: string | null;
  order: string | null;
  outcome: string | null;
  /** Refunds that gave seats back, and what the buyer paid for, which stays told. */
  refunds: string[];
  cents: number;
};

export type Model = { seconds: number; cancelled: boolean; blocked: Set<number>; holds: ModelHold[] };

export function createModel(): Model {
  return { seconds: 0, cancelled: false, blocked: new Set(), holds: [] };
}

export function liveHolds(model: Model): ModelHold[] {
  return model.holds.filter((hold) => hold.state === 'RESERVED' || hold.state === 'ALLOCATED');
}

export function letterOf(model: Model, seatId: number): 'A' | 'R' | 'L' | 'B' {
  const hold = liveHolds(model).find((live) => live.seatIds.includes(seatId));
  if (hold !== undefined) return hold.state === 'RESERVED' ? 'R' : 'L';
  return model.blocked.has(seatId) ? 'B' : 'A';
}

export function freeSeats(model: Model): number[] {
  return Array.from({ length: LIMITS.seats }, (_, i) => i + 1).filter((seatId) => letterOf(model, seatId) === 'A');
}

export function freePlaces(model: Model): number {
  return LIMITS.places - sum(liveHolds(model).map((hold) => hold.places));
}

export function ticketsOf(model: Model, user: string): number {
  return sum(liveHolds(model).map((hold) => (hold.user === user ? hold.seatIds.length + hold.places : 0)));
}

/** Time first: what is due has ended before anything is asked. */
export function endWhatIsDue(model: Model): void {
  for (const hold of model.holds) {
    if (hold.state === 'RESERVED' && model.seconds >= hold.until) Object.assign(hold, { state: 'EXPIRED', paying: null });
  }
}

/**
 * What the answer must be: an error code, an outcome of allocation, or `ok`; and does it. `best` stands for the seats that were
 * chosen, which the rules leave open.
 */
export function step(model: Model, asked: Step, best: readonly number[]): string {
  switch (asked.type) {
    case 'reserve':
      return reserve(model, asked.user, asked.seatIds, 0);
    case 'places':
      return reserve(model, asked.user, [], asked.quantity);
    case 'best':
      return chooseAndReserve(model, asked.user, asked.quantity, best);
    case 'release':
      return onHold(model, asked.hold, (hold) => release(hold, asked.by));
    case 'allocate':
      return onHold(model, asked.hold, (hold) => allocate(model, hold, asked.order));
    case 'deallocate':
      return onHold(model, asked.hold, (hold) => deallocate(hold, asked));
    case 'open-window':
      return onHold(model, asked.hold, (hold) => openWindow(model, hold, asked.order, asked.seconds));
    case 'close-window':
      return onHold(model, asked.hold, (hold) => closeWindow(hold, asked.order));
    case 'block':
    case 'unblock':
      return setBlocked(model, asked.seatIds, asked.type === 'block');
    case 'wait':
      model.seconds += asked.seconds;
      return 'ok';
    case 'cancel':
      model.cancelled = true;
      return 'ok';
  }
}

function reserve(model: Model, user: string, seatIds: number[], places: number): string {
  if (model.cancelled) return 'SALE_NOT_OPEN';
  if (ticketsOf(model, user) + seatIds.length + places > LIMITS.perUser) return 'TICKET_LIMIT_EXCEEDED';
  if (seatIds.some((seatId, i) => seatIds.indexOf(seatId) !== i)) return 'SELECTION_INVALID';
  if (seatIds.some((seatId) => seatId > LIMITS.seats)) return 'SEAT_NOT_FOUND';
  if (seatIds.some((seatId) => letterOf(model, seatId) !== 'A')) return 'SEAT_UNAVAILABLE';
  if (places > freePlaces(model)) return 'SOLD_OUT';
  const end = model.seconds + LIMITS.ttlSeconds;
  const cents = seatIds.length * 500 + places * 100;
  model.holds.push({
    user,
    seatIds,
    places,
    state: 'RESERVED',
    end,
    until: end,
    paying: null,
    order: null,
    outcome: null,
    refunds: [],
    cents,
  });
  return 'ok';
}

function chooseAndReserve(model: Model, user: string, quantity: number, best: readonly number[]): string {
  const wanted = Array.from({ length: quantity }, (_, i) => best[i] ?? 0);
  const enough = freeSeats(model).length >= quantity;
  if (model.cancelled || ticketsOf(model, user) + quantity > LIMITS.perUser || enough) return reserve(model, user, wanted, 0);
  return 'SOLD_OUT';
}

function onHold(model: Model, index: number, act: (hold: ModelHold) => string): string {
  const hold = model.holds[index];
  return hold === undefined ? 'RESERVATION_NOT_FOUND' : act(hold);
}

function release(hold: ModelHold, by: string | null): string {
  if (by !== null && by !== hold.user) return 'RESERVATION_NOT_FOUND';
  if (hold.state === 'ALLOCATED') return 'RESERVATION_NOT_ACTIVE';
  if (hold.state !== 'RESERVED') return 'ok';
  if (by !== null && hold.paying !== null) return 'RESERVATION_IN_PAYMENT';
  Object.assign(hold, { state: 'RELEASED', paying: null });
  return 'ok';
}

/** Once, whatever is asked afterwards. An expired hold is allocated if it can have everything again. */
function allocate(model: Model, hold: ModelHold, order: string): string {
  if (hold.outcome !== null) return hold.outcome === 'ALLOCATED' && hold.order !== order ? 'GONE' : hold.outcome;
  const free = freeSeats(model);
  const again =
    hold.state === 'EXPIRED' && hold.seatIds.every((seatId) => free.includes(seatId)) && hold.places <= freePlaces(model);
  if (model.cancelled) hold.outcome = 'EVENT_CANCELLED';
  else if (hold.state === 'RESERVED' || again)
    Object.assign(hold, { state: 'ALLOCATED', outcome: 'ALLOCATED', order, paying: null });
  else hold.outcome = 'GONE';
  return hold.outcome ?? '';
}

/** Once per refund, and only what is still there; with the last of it the hold is over. */
function deallocate(hold: ModelHold, asked: Extract<Step, { type: 'deallocate' }>): string {
  if (hold.state !== 'ALLOCATED' || hold.order !== asked.order || hold.refunds.includes(asked.refund)) return 'ok';
  const kept = hold.seatIds.filter((seatId) => !asked.seatIds.includes(seatId));
  const places = Math.max(0, hold.places - asked.places);
  if (kept.length === hold.seatIds.length && places === hold.places) return 'ok';
  const state = kept.length + places === 0 ? 'RELEASED' : 'ALLOCATED';
  Object.assign(hold, { state, seatIds: kept, places, refunds: [...hold.refunds, asked.refund] });
  return 'given back';
}

function openWindow(model: Model, hold: ModelHold, order: string, seconds: number): string {
  if (hold.state !== 'RESERVED' || model.seconds >= hold.end || model.cancelled) return 'RESERVATION_NOT_ACTIVE';
  hold.paying = order;
  hold.until = Math.max(hold.end, model.seconds + seconds);
  return 'ok';
}

function closeWindow(hold: ModelHold, order: string): string {
  if (hold.state === 'RESERVED' && hold.paying === order) Object.assign(hold, { paying: null, until: hold.end });
  return 'ok';
}

function setBlocked(model: Model, seatIds: readonly number[], blocked: boolean): string {
  if (seatIds.some((seatId) => seatId > LIMITS.seats)) return 'SEAT_NOT_FOUND';
  if (seatIds.some((seatId) => ['R', 'L'].includes(letterOf(model, seatId)))) return 'SEATS_IN_USE';
  for (const seatId of seatIds) {
    if (blocked) model.blocked.add(seatId);
    else model.blocked.delete(seatId);
  }
  return 'ok';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
