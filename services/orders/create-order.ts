import type { Order } from '../../contracts/http/orders.ts';
import type { Reservation } from '../../contracts/http/seating.ts';
import { newId } from '../../contracts/ids.ts';
import { MAX_AMOUNT_CENTS } from '../../contracts/money.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import { answerOfError, refusalOf, type IdempotencyDecision, type StoredAnswer } from '../../platform/idempotency/answer.ts';
import { findAnswers, IdempotencyRace, type Answers } from '../../platform/idempotency/in-transaction.ts';
import type { IdempotencyKey } from '../../platform/idempotency/idempotency-key.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { createWriteBatcher } from '../../platform/postgres/write-batcher.ts';
import type { Clock } from '../../platform/clock.ts';
import { itemsOf } from './domain/items.ts';
import { whenToCheck, type OrderState } from './domain/order.ts';
import { rulesFor, type PriceBook } from './domain/price-book.ts';
import { priceOrder, type PriceRules } from './domain/pricing.ts';
import { bookingInitiated, bookingRecord } from './domain-events.ts';
import type { EventCountries } from './event-countries.ts';
import { toOrderAnswer } from './http/answers.ts';
import { insertOrders, liveOrdersOf } from './store/orders.ts';

export type CreateOrderRequest = {
  userId: string;
  reservationId: string;
  key: IdempotencyKey;
  traceparent: string;
  /** Of a booking made in one call, whose order has its id beforehand, and which may say what it is to cost. */
  booking?: { orderId: string; expectedTotalCents: number | undefined };
};
export type CreateOrderResult = { replayed: boolean; answer: StoredAnswer };

type Command = { order: OrderState; key: IdempotencyKey; traceparent: string };
type Result = { replayed: boolean; answer: StoredAnswer } | { refusal: 'IN_FLIGHT' | 'REUSED' };

export type CreateOrder = {
  create(request: CreateOrderRequest): Promise<CreateOrderResult>;
  stop(): Promise<void>;
};

/** Countries are asked for only when some have rules of their own. */
export type Prices = { book: PriceBook; countryOf: EventCountries };

/** Orders that come at the same time are written in one transaction, each with its Idempotency-Key. */
const BATCH = { maxBatch: 200, maxQueue: 2_000, maxWaitMs: 3_000 };
const MAX_RACES = 5;

/** Makes orders of reservations. `onFreeOrder` is told of orders that cost nothing. */
export function createOrderMaker(deps: {
  database: Database;
  services: ServiceClient;
  clock: Clock;
  prices: Prices;
  onFreeOrder: () => void;
}): CreateOrder {
  const { database, services, clock, prices } = deps;
  const batcher = createWriteBatcher<Command, Result>({
    name: 'orders.create',
    ...BATCH,
    run: (commands) => againAfterRaces(() => database.transaction((tx) => writeOrders(tx, commands))),
  });

  async function create(request: CreateOrderRequest): Promise<CreateOrderResult> {
    let order: OrderState;
    try {
      order = await draft(request);
    } catch (error) {
      // The hold of an order made long ago has ended since, but a repeated request still gets its first answer.
      return storedFor(request.key, error);
    }
    const result = await batcher.submit({ order, key: request.key, traceparent: request.traceparent });
    if ('refusal' in result) throw refusalOf(result.refusal);
    if (order.totalCents === 0) deps.onFreeOrder();
    return result;
  }

  async function draft({ userId, reservationId, traceparent, booking }: CreateOrderRequest): Promise<OrderState> {
    const path = `/internal/reservations/${reservationId}`;
    const reservation = await services.call<Reservation>('seating', path, { traceparent });
    if (reservation.userId !== userId) throw noSuchReservation();
    if (reservation.status !== 'RESERVED') throw await whyNotActive(reservation);
    const order = orderFor(reservation, await rulesOf(prices, reservation, traceparent), clock.now(), booking?.orderId);
    if (booking !== undefined) mustCost(order, booking.expectedTotalCents);
    if (order.totalCents <= MAX_AMOUNT_CENTS) return order;
    throw new ApiError('SELECTION_INVALID', 'These seats cost more than one payment can be. Reserve fewer of them at a time.');
  }

  async function whyNotActive({ reservationId, status }: Reservation): Promise<ApiError> {
    const orderId = (await liveOrdersOf(database, [reservationId])).get(reservationId);
    if (orderId !== undefined) return orderExists(orderId);
    return new ApiError('RESERVATION_NOT_ACTIVE', `The reservation is ${status}: its hold has ended. Reserve seats again.`);
  }

  /** The stored answer of this key, or the error again. */
  async function storedFor(key: IdempotencyKey, error: unknown): Promise<CreateOrderResult> {
    const decision = (await findAnswers(database, [key])).decide(key);
    if (decision.kind === 'REPLAY') return { replayed: true, answer: decision.answer };
    if (decision.kind !== 'RUN') throw refusalOf(decision.kind);
    throw error;
  }

  return { create, stop: batcher.stop };
}

async function rulesOf(
  { book, countryOf }: Prices,
  { eventId, currency }: Reservation,
  traceparent: string,
): Promise<PriceRules> {
  const country = book.countries.size === 0 ? null : await countryOf(eventId, traceparent);
  return rulesFor(book, country, currency);
}

function mustCost({ totalCents, currency }: OrderState, expectedTotalCents: number | undefined): void {
  if (expectedTotalCents === undefined || expectedTotalCents === totalCents) return;
  const detail = `This costs ${totalCents} ${currency} cents. Nothing was charged, and the seats are free again.`;
  throw new ApiError('AMOUNT_MISMATCH', detail, { totalCents, currency });
}

function orderFor(reservation: Reservation, rules: PriceRules, now: Date, bookedAs: string | undefined): OrderState {
  const { userId, eventId, reservationId, currency } = reservation;
  const order = {
    orderId: bookedAs ?? newId('order'),
    userId,
    eventId,
    reservationId,
    status: 'PENDING' as const,
    oneCall: bookedAs !== undefined,
    ...priceOrder(itemsOf(reservation), rules),
    currency,
    paymentId: null,
    confirmationNumber: null,
    expiresAt: new Date(reservation.expiresAt),
    paymentWindowEndsAt: null,
    holdEndReason: null,
    cancelReason: null,
    createdAt: now,
    updatedAt: now,
  };
  return { ...order, checkAt: whenToCheck(order, now) };
}

async function writeOrders(tx: Tx, commands: readonly Command[]): Promise<Result[]> {
  const answers = await findAnswers(
    tx,
    commands.map(({ key }) => key),
  );
  const first = firstOfEachKey(commands, answers);
  const inserted = await insertOrders(
    tx,
    first.map(({ order }) => order),
  );
  const refused = first.filter(({ order }) => !inserted.has(order.orderId));
  const existing =
    refused.length > 0
      ? await liveOrdersOf(
          tx,
          refused.map(({ order }) => order.reservationId),
        )
      : new Map<string, string>();
  for (const { key, order } of first) {
    answers.record(key, inserted.has(order.orderId) ? created(order) : refusedBecause(existing.get(order.reservationId)));
  }
  const made = first.filter(({ order }) => inserted.has(order.orderId));
  void appendToOutbox(
    tx,
    made.map(({ order, traceparent }) => bookingRecord(order.orderId, [bookingInitiated(order, traceparent)])),
  );
  await answers.save(tx);
  return commands.map((command) => resultOf(answers.decide(command.key), !first.includes(command)));
}

/** The same key twice in one batch is normal: the first runs, the second gets its answer. */
function firstOfEachKey(commands: readonly Command[], answers: Answers): Command[] {
  const seen = new Set<string>();
  return commands.filter(({ key }) => {
    const name = `${key.scope}\n${key.key}`;
    if (seen.has(name) || answers.decide(key).kind !== 'RUN') return false;
    seen.add(name);
    return true;
  });
}

function resultOf(decision: IdempotencyDecision, replayed: boolean): Result {
  if (decision.kind === 'REPLAY') return { replayed, answer: decision.answer };
  if (decision.kind === 'RUN') throw new Error('An order was neither made nor refused');
  return { refusal: decision.kind };
}

function created(order: OrderState): StoredAnswer {
  const body: Order = toOrderAnswer(order);
  return { status: 201, body };
}

function refusedBecause(orderId: string | undefined): StoredAnswer {
  // Between the two statements the other order may have ended. Nothing was done, and the next try works.
  const answer = orderId === undefined ? null : answerOfError(orderExists(orderId));
  if (answer === null) throw new ApiError('OVERLOADED', 'The order of this reservation changed at the same moment. Try again.');
  return answer;
}

function orderExists(orderId: string): ApiError {
  return new ApiError(
    'ORDER_EXISTS',
    `The reservation already has the order ${orderId}. Go on with that one: GET /v1/orders/${orderId}.`,
    { orderId },
  );
}

function noSuchReservation(): ApiError {
  return new ApiError('RESERVATION_NOT_FOUND', 'You have no such reservation.');
}

async function againAfterRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let races = 0; ; races++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof IdempotencyRace) || races >= MAX_RACES) throw error;
    }
  }
}
