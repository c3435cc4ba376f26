import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeatChooser } from './best-available.ts';
import { decide, expireDue, type Command, type Success } from './decide.ts';
import { evolve } from './evolve.ts';
import * as model from './sale-model.ts';
import { LIMITS, type Model, type Step } from './sale-model.ts';
import type { SaleState } from './sale.ts';
import { layoutOf } from './test-layouts.ts';

const EVENT = 'evt';
const START = new Date('2030-01-01T20:00:00Z');
const USERS = ['alice', 'bob'];
const LAYOUT = layoutOf([
  {
    section: 'Seats',
    kind: 'SEATED',
    priceCents: 500,
    rows: [
      { row: 'A', seats: 5 },
      { row: 'B', seats: LIMITS.seats - 5 },
    ],
  },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 100, capacity: LIMITS.places },
]);
const FLOOR = 1;

function openSale(): SaleState {
  return {
    rules: {
      eventId: EVENT,
      organizerId: 'usr',
      status: 'UPCOMING',
      currency: 'USD',
      onSaleAt: START,
      offSaleAt: null,
      endDate: new Date('2031-01-01T00:00:00Z'),
      holdTtlSeconds: LIMITS.ttlSeconds,
      maxTicketsPerUser: LIMITS.perUser,
    },
    layout: LAYOUT,
    totalSeats: LIMITS.seats + LIMITS.places,
    availableSeats: LIMITS.seats + LIMITS.places,
    seats: new Map(Array.from({ length: LIMITS.seats }, (_, i) => [i + 1, { status: 'A', reservationId: null }])),
    places: new Map([[FLOOR, { capacity: LIMITS.places, reserved: 0, allocated: 0 }]]),
    tickets: new Map(USERS.map((user) => [user, 0])),
    reservations: new Map(),
    chooser: createSeatChooser(LAYOUT, () => true),
  };
}

/** The n-th hold that was granted; a number of one that was not is a reservation that does not exist. */
const holdId = (hold: number): string => `res-${hold}`;

function commandOf(step: Exclude<Step, { type: 'wait' | 'cancel' }>, granted: number): Command {
  const reservation = { type: 'reserve', eventId: EVENT, reservationId: holdId(granted) } as const;
  switch (step.type) {
    case 'reserve':
      return { ...reservation, userId: step.user, selection: { kind: 'seats', seatIds: step.seatIds } };
    case 'places':
      return {
        ...reservation,
        userId: step.user,
        selection: { kind: 'places', places: [{ section: 'Floor', quantity: step.quantity }] },
      };
    case 'best':
      return { ...reservation, userId: step.user, selection: { kind: 'best', quantity: step.quantity } };
    case 'release':
      return { type: 'release', eventId: EVENT, reservationId: holdId(step.hold), by: step.by, reason: 'CANCELLED' };
    case 'allocate':
      return { type: 'allocate', eventId: EVENT, reservationId: holdId(step.hold), orderId: step.order };
    case 'deallocate':
      return {
        type: 'deallocate',
        eventId: EVENT,
        reservationId: holdId(step.hold),
        orderId: step.order,
        refundId: step.refund,
        seatIds: step.seatIds,
        places: step.places > 0 ? [{ section: 'Floor', quantity: step.places }] : [],
      };
    case 'open-window':
      return {
        type: 'open-window',
        eventId: EVENT,
        reservationId: holdId(step.hold),
        orderId: step.order,
        paymentId: step.order,
        windowSeconds: step.seconds,
      };
    case 'close-window':
      return {
        type: 'close-window',
        eventId: EVENT,
        reservationId: holdId(step.hold),
        orderId: step.order,
        paymentId: step.order,
      };
    case 'block':
    case 'unblock':
      return { type: step.type, eventId: EVENT, seatIds: step.seatIds };
  }
}

type Answer = { code: string; seatIds: readonly number[] };

/** As a batch does it: ends what is due, decides, makes it so. */
function ask(state: SaleState, command: Command, now: Date): Answer {
  for (const change of expireDue(state, now)) evolve(state, change);
  const { answer, changes } = decide(state, command, now, 1);
  for (const change of changes) evolve(state, change);
  if (changes.some(({ type }) => type === 'deallocated')) return { code: 'given back', seatIds: [] };
  return answer.ok ? answerOf(answer) : { code: answer.code, seatIds: [] };
}

function answerOf(answer: Success): Answer {
  if (answer.type === 'allocation') return { code: answer.outcome, seatIds: [] };
  return { code: 'ok', seatIds: answer.type === 'reservation' ? answer.reservation.seatIds : [] };
}

/** Runs one sequence on both and compares after every step; tells what was answered. */
function run(steps: readonly Step[]): string[] {
  const state = openSale();
  const expected = model.createModel();
  return steps.map((step) => {
    const now = new Date(START.getTime() + expected.seconds * 1_000);
    if (step.type === 'wait' || step.type === 'cancel') {
      if (step.type === 'cancel') state.rules = { ...state.rules, status: 'CANCELLED' };
      return model.step(expected, step, []);
    }
    const before = statuses(expected);
    model.endWhatIsDue(expected);
    const lateHold = step.type === 'allocate' && expected.holds[step.hold]?.state === 'EXPIRED';
    const answer = ask(state, commandOf(step, expected.holds.length), now);
    expect(answer.code, `${JSON.stringify(step)} on ${before}`).toBe(model.step(expected, step, answer.seatIds));
    expect(observed(state)).toEqual(predicted(expected));
    return `${lateHold ? 'late ' : ''}${step.type}: ${answer.code}`;
  });
}

function statuses(expected: Model): string {
  return Array.from({ length: LIMITS.seats }, (_, i) => model.letterOf(expected, i + 1)).join('');
}

function observed(state: SaleState): unknown {
  const place = state.places.get(FLOOR);
  return {
    statuses: Array.from({ length: LIMITS.seats }, (_, i) => state.seats.get(i + 1)?.status).join(''),
    holders: Array.from({ length: LIMITS.seats }, (_, i) => state.seats.get(i + 1)?.reservationId ?? null),
    freeForBest: state.chooser?.countFree({}),
    placesReserved: place?.reserved,
    placesAllocated: place?.allocated,
    availableSeats: state.availableSeats,
    tickets: USERS.map((user) => state.tickets.get(user)),
    holds: [...state.reservations.values()].map((held) => ({
      status: held.status,
      seconds: [held.expiresAt, held.heldUntil].map((time) => (time.getTime() - START.getTime()) / 1_000),
      paying: held.payingOrderId,
      order: held.orderId,
      outcome: held.outcome,
      totalCents: held.content.totalCents,
      refunds: held.refundIds,
    })),
  };
}

function predicted(expected: Model): unknown {
  const live = model.liveHolds(expected);
  const placesIn = (state: string): number => live.reduce((sum, hold) => sum + (hold.state === state ? hold.places : 0), 0);
  return {
    statuses: statuses(expected),
    holders: Array.from({ length: LIMITS.seats }, (_, i) => {
      const holder = expected.holds.findIndex((hold) => live.includes(hold) && hold.seatIds.includes(i + 1));
      return holder === -1 ? null : holdId(holder);
    }),
    freeForBest: model.freeSeats(expected).length,
    placesReserved: placesIn('RESERVED'),
    placesAllocated: placesIn('ALLOCATED'),
    availableSeats: model.freeSeats(expected).length + model.freePlaces(expected),
    tickets: USERS.map((user) => model.ticketsOf(expected, user)),
    holds: expected.holds.map((hold) => ({
      status: hold.state,
      seconds: [hold.end, hold.until],
      paying: hold.paying,
      order: hold.order,
      outcome: hold.outcome,
      totalCents: hold.cents,
      refunds: hold.refunds,
    })),
  };
}

const user = fc.constantFrom(...USERS);
const order = fc.constantFrom('order-1', 'order-2');
const hold = fc.nat({ max: 3 });
const quantity = fc.integer({ min: 1, max: 4 });
const known = fc.array(fc.integer({ min: 1, max: LIMITS.seats }), { minLength: 1, maxLength: 3 });
const unknown: fc.Arbitrary<number[]> = fc.constant([LIMITS.seats, LIMITS.seats + 1]);
const seatIds = fc.oneof({ weight: 9, arbitrary: known }, { weight: 1, arbitrary: unknown });
const seconds = fc.constantFrom(1, LIMITS.ttlSeconds / 2, LIMITS.ttlSeconds, LIMITS.ttlSeconds * 2);

const steps: fc.Arbitrary<Step>[] = [
  fc.record({ type: fc.constant('reserve'), user, seatIds }),
  fc.record({ type: fc.constant('places'), user, quantity }),
  fc.record({ type: fc.constant('best'), user, quantity }),
  fc.record({ type: fc.constant('release'), hold, by: fc.oneof(user, fc.constant(null)) }),
  fc.record({ type: fc.constant('allocate'), hold, order }),
  fc.record({
    type: fc.constant('deallocate'),
    hold,
    order,
    refund: fc.constantFrom('refund-1', 'refund-2', 'refund-3'),
    seatIds: known,
    places: fc.nat({ max: 3 }),
  }),
  fc.record({ type: fc.constant('open-window'), hold, order, seconds }),
  fc.record({ type: fc.constant('close-window'), hold, order }),
  fc.record({ type: fc.constant('block'), seatIds }),
  fc.record({ type: fc.constant('unblock'), seatIds }),
  fc.record({ type: fc.constant('wait'), seconds }),
];
const cancel = fc.constant<Step>({ type: 'cancel' });
const anyStep = fc.oneof(...steps.map((arbitrary) => ({ weight: 10, arbitrary })), { weight: 1, arbitrary: cancel });
const sequence = fc.array(anyStep, { minLength: 20, maxLength: 50 });

/** Without these in the sample, agreement would say little. */
const MUST_OCCUR = [
  ...['ok', 'SEAT_UNAVAILABLE', 'SEAT_NOT_FOUND', 'SELECTION_INVALID', 'TICKET_LIMIT_EXCEEDED', 'SALE_NOT_OPEN'].map(
    (code) => `reserve: ${code}`,
  ),
  ...['ok', 'SOLD_OUT', 'TICKET_LIMIT_EXCEEDED'].flatMap((code) => [`places: ${code}`, `best: ${code}`]),
  ...['ok', 'RESERVATION_NOT_FOUND', 'RESERVATION_NOT_ACTIVE', 'RESERVATION_IN_PAYMENT'].map((code) => `release: ${code}`),
  ...['ALLOCATED', 'GONE', 'EVENT_CANCELLED', 'RESERVATION_NOT_FOUND'].map((code) => `allocate: ${code}`),
  ...['ALLOCATED', 'GONE', 'EVENT_CANCELLED'].map((code) => `late allocate: ${code}`),
  ...['ok', 'given back', 'RESERVATION_NOT_FOUND'].map((code) => `deallocate: ${code}`),
  ...['ok', 'RESERVATION_NOT_ACTIVE'].map((code) => `open-window: ${code}`),
  ...['ok', 'SEATS_IN_USE', 'SEAT_NOT_FOUND'].flatMap((code) => [`block: ${code}`, `unblock: ${code}`]),
];

describe('any sequence of reserving, releasing, expiring, allocating and blocking', () => {
  it('is answered, and leaves the sale, as a small independent model says', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(sequence, (asked) => {
        for (const answered of run(asked)) seen.add(answered);
      }),
      { numRuns: 1_000 },
    );
    expect(MUST_OCCUR.filter((answered) => !seen.has(answered))).toEqual([]);
  });
});
