import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import type { Selection } from '../domain/decide-reserve.ts';
import type { Refusal, Success } from '../domain/decide.ts';
import { importJson } from '../domain/import-json.ts';
import { expectConsistent, expectViewsHealed, publishedOf } from '../test-consistency.ts';
import { MIGRATIONS, seatingOn } from '../test-sale.ts';
import { addSections, editSection } from './layout-writer.ts';
import { shiftClock } from './test-seats.ts';

const TIME_LIMIT_MS = 12_000;
const LIMIT = 5;
const SEATS = 10;
const USERS = Array.from({ length: 3 }, () => newId('user'));
const ORDERS = Array.from({ length: 2 }, () => newId('order'));
const REFUNDS = Array.from({ length: 3 }, () => newId('refund'));

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase(MIGRATIONS, { poolSize: 10 });
});
afterAll(() => db.drop());

const seatIds = fc.uniqueArray(fc.integer({ min: 1, max: SEATS }), { minLength: 1, maxLength: 3 });
const quantity = fc.integer({ min: 1, max: 3 });
const user = fc.constantFrom(...USERS);
const order = fc.constantFrom(...ORDERS);
/** Which of the reservations made so far. */
const nth = fc.nat({ max: 30 });

const selection: fc.Arbitrary<Selection> = fc.oneof(
  seatIds.map((chosen) => ({ kind: 'seats' as const, seatIds: chosen })),
  quantity.map((wanted) => ({ kind: 'places' as const, places: [{ section: 'Floor', quantity: wanted }] })),
  quantity.map((wanted) => ({ kind: 'best' as const, quantity: wanted })),
);
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('reserve' as const), user, selection }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), nth, byBuyer: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('allocate' as const), nth, order }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open-window' as const), nth, order, seconds: fc.constantFrom(10, 90) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('deallocate' as const),
      nth,
      order,
      refund: fc.constantFrom(...REFUNDS),
      seatIds,
      places: fc.nat({ max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close-window' as const), nth, order }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('block' as const, 'unblock' as const), seatIds }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('capacity' as const), capacity: fc.integer({ min: 0, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('price' as const), priceCents: fc.nat({ max: 9_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('import' as const) }) },
);
/** Actions of a step go out together, each to one of the two processes. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      actions: fc.array(fc.record({ process: fc.nat({ max: 1 }), action }), { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ passSeconds: fc.constantFrom(1, 15, 31, 60) }) },
  { weight: 2, arbitrary: fc.record({ tail: fc.nat({ max: 1 }), again: fc.nat({ max: 5 }) }) },
);

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

it('keeps tables, log and views of two processes at one, whatever is asked in whatever order', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), runSteps);
  await fc.assert(property, { numRuns: 200, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: false });
});

async function runSteps(steps: readonly Step[]): Promise<void> {
  await shiftClock(db.database, 0);
  const processes = [seatingOn(db.database), seatingOn(db.database)];
  const [first] = processes;
  if (!first) return;
  const eventId = await first.openSale(
    [
      { section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows: ['A', 'B'].map((row) => ({ row, seats: SEATS / 2 })) },
      { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 2_000, capacity: 5 },
    ],
    { maxTicketsPerUser: LIMIT, holdTtlSeconds: 30 },
  );
  for (const { views } of processes) await views.get(eventId);
  const heard = [0, 0];
  const acknowledged = new Map<string, { userId: string; seatIds: readonly number[] }>();
  let passedSeconds = 0;
  for (const one of steps) {
    if ('passSeconds' in one) await shiftClock(db.database, (passedSeconds += one.passSeconds));
    else if ('tail' in one) {
      // The log's tail brings everything to everybody, a process's own commits too, and some of it again.
      const published = await publishedOf(db.database, eventId);
      for (const events of published.slice(Math.max(0, (heard[one.tail] ?? 0) - one.again)))
        processes[one.tail]?.views.offer(events);
      heard[one.tail] = published.length;
    } else {
      const known = [...acknowledged.keys()];
      const answers = await Promise.all(
        one.actions.map(({ process, action: asked }) => perform(processes[process] ?? first, eventId, asked, known)),
      );
      for (const answer of answers) if (answer) noteReserved(acknowledged, answer);
    }
  }
  const { reservations } = await expectConsistent(db.database, eventId, LIMIT);
  expect(new Map(reservations.map((one) => [one.reservationId, { userId: one.userId, seatIds: one.reservedSeatIds }]))).toEqual(
    acknowledged,
  );
  await expectViewsHealed(db.database, eventId, processes);
  for (const { views } of processes) views.stop();
}

/** Null for what is no command of the batch writer, or is about a reservation when there is none. */
async function perform(
  seating: ReturnType<typeof seatingOn>,
  eventId: string,
  asked: Action,
  known: readonly string[],
): Promise<Success | Refusal | null> {
  const layoutContext = { database: db.database, layouts: seating.layouts, onCommitted: seating.onCommitted };
  switch (asked.do) {
    case 'reserve':
      return seating.reserve(eventId, asked.selection, asked.user);
    case 'block':
    case 'unblock':
      await seating.ask({ type: asked.do, eventId, seatIds: asked.seatIds });
      return null;
    case 'sweep':
      await seating.ask({ type: 'sweep', eventId });
      return null;
    case 'capacity':
      await editSection(layoutContext, eventId, { section: 'Floor', capacity: asked.capacity }, undefined);
      return null;
    case 'price':
      await editSection(layoutContext, eventId, { section: 'Stalls', priceCents: asked.priceCents }, undefined);
      return null;
    case 'import': {
      const section = `Box ${newId('event').slice(-6)}`;
      const imported = importJson([{ section, kind: 'SEATED', priceCents: 1, rows: [{ row: 'A', seats: 1 }] }]);
      if (imported.ok) await addSections(layoutContext, eventId, imported.layout, undefined);
      return null;
    }
    default:
      break;
  }
  const reservationId = known[asked.nth % known.length];
  if (reservationId === undefined) return null;
  switch (asked.do) {
    case 'release':
      await seating.ask({
        type: 'release',
        eventId,
        reservationId,
        by: asked.byBuyer ? (USERS[0] ?? '') : null,
        reason: 'CANCELLED',
      });
      return null;
    case 'allocate':
      await seating.ask({ type: 'allocate', eventId, reservationId, orderId: asked.order });
      return null;
    case 'deallocate': {
      const { order: orderId, refund: refundId, seatIds: refunded } = asked;
      const places = asked.places > 0 ? [{ section: 'Floor', quantity: asked.places }] : [];
      await seating.ask({ type: 'deallocate', eventId, reservationId, orderId, refundId, seatIds: refunded, places });
      return null;
    }
    case 'open-window':
      await seating.ask({
        type: 'open-window',
        eventId,
        reservationId,
        orderId: asked.order,
        paymentId: asked.order,
        windowSeconds: asked.seconds,
      });
      return null;
    case 'close-window':
      await seating.ask({ type: 'close-window', eventId, reservationId, orderId: asked.order, paymentId: asked.order });
      return null;
  }
}

function noteReserved(
  acknowledged: Map<string, { userId: string; seatIds: readonly number[] }>,
  answer: Success | Refusal,
): void {
  if (!answer.ok || answer.type !== 'reservation') return;
  const { reservationId, userId, seatIds: held } = answer.reservation;
  acknowledged.set(reservationId, { userId, seatIds: [...held] });
}
