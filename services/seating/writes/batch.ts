import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import { refusalOf, type StoredAnswer } from '../../../platform/idempotency/answer.ts';
import type { IdempotencyKey } from '../../../platform/idempotency/idempotency-key.ts';
import { findAnswers, type Answers } from '../../../platform/idempotency/in-transaction.ts';
import { appendToOutbox } from '../../../platform/outbox/append.ts';
import type { Database, Tx } from '../../../platform/postgres/database.ts';
import { decide, expireDue, type Command, type Refusal, type Success } from '../domain/decide.ts';
import { evolve } from '../domain/evolve.ts';
import type { Change, ReservationState, SaleState } from '../domain/sale.ts';
import type { LayoutCache } from '../store/layout-cache.ts';
import { insertReservations, updateRefunded, updateReservations } from '../store/reservations.ts';
import { advanceSales, type SaleRow } from '../store/sales.ts';
import { writePlaces, writeSeatStates } from '../store/seats.ts';
import type { Choosers } from './choosers.ts';
import { seatEventsOf, unavailableEvent, type TracedChange } from './domain-events.ts';
import { MAX_DUE, lockWorkingState } from './working-state.ts';

/** A command with what belongs to the request rather than to the decision. */
export type SeatRequest = {
  command: Command;
  traceparent: string | undefined;
  /** With a key, the answer is stored with the effect in the form that `toStored` gives it. */
  idempotency: { key: IdempotencyKey; toStored: (answer: Success | Refusal) => StoredAnswer | null } | null;
};

export type SeatAnswer = { kind: 'decided'; answer: Success | Refusal } | { kind: 'replay'; answer: StoredAnswer };

export type BatchContext = {
  database: Database;
  layouts: LayoutCache;
  choosers: Choosers;
  defaultTtlSeconds: number;
  /** Called after the commit with what was published, before anyone is answered. */
  onCommitted: (events: readonly DomainEvent[]) => void;
};

/** What one batch does to one event: its working state and what came of it. */
type Work = {
  sale: SaleRow;
  state: SaleState;
  changes: TracedChange[];
  refused: { seatIds: readonly number[]; section: string | null }[];
};

/** Runs a batch in one transaction: lock the sales, read, decide in order of arrival, write with a statement per table, commit. */
export async function runBatch(context: BatchContext, requests: readonly SeatRequest[]): Promise<SeatAnswer[]> {
  for (;;) {
    const answers = await runOnce(context, requests);
    if (answers) return answers;
  }
}

/** Null when so many holds were due that ending them was a batch of its own: the requests are still to be done. */
async function runOnce(context: BatchContext, requests: readonly SeatRequest[]): Promise<SeatAnswer[] | null> {
  const eventIds = [...new Set(requests.map((request) => request.command.eventId))].sort();
  const commands = requests.map((request) => request.command);
  const keys = requests.flatMap((request) => request.idempotency?.key ?? []);
  const done = await context.database.transaction(async (tx) => {
    // The locks are the first statement to go out.
    const [working, answers] = await Promise.all([
      lockWorkingState(tx, eventIds, commands, context.layouts, context.choosers),
      findAnswers(tx, keys),
    ]);
    const { now } = working;
    const works = new Map<string, Work>();
    for (const sale of working.sales) {
      const state = working.states.get(sale.rules.eventId);
      if (!state) continue;
      const work: Work = { sale, state, changes: [], refused: [] };
      works.set(sale.rules.eventId, work);
      make(work, expireDue(state, now), undefined);
    }
    const onlyExpire = working.due.length >= MAX_DUE;
    const answered = onlyExpire
      ? null
      : requests.map((request) =>
          answerOne(works.get(request.command.eventId), request, answers, now, context.defaultTtlSeconds),
        );
    const events = await write(tx, [...works.values()], answers, now);
    return { answered, events, works };
  });
  for (const { sale, state, changes } of done.works.values()) {
    const version = sale.version + (changesVersion(changes) ? 1 : 0);
    if (state.chooser) context.choosers.keep(sale.rules.eventId, version, sale.layoutVersion, state.chooser);
  }
  for (const events of done.events) context.onCommitted(events);
  return done.answered;
}

function answerOne(
  work: Work | undefined,
  request: SeatRequest,
  answers: Answers,
  now: Date,
  defaultTtlSeconds: number,
): SeatAnswer {
  const { command, idempotency, traceparent } = request;
  if (idempotency) {
    const decision = answers.decide(idempotency.key);
    if (decision.kind === 'REPLAY') return { kind: 'replay', answer: decision.answer };
    if (decision.kind !== 'RUN') return { kind: 'replay', answer: refusalAnswer(decision.kind) };
  }
  if (!work) return { kind: 'decided', answer: { ok: false, code: 'EVENT_NOT_FOUND' } };
  const { answer, changes } = decide(work.state, command, now, defaultTtlSeconds);
  make(work, changes, traceparent);
  if (!answer.ok) noteUnavailable(work, answer);
  const stored = idempotency?.toStored(answer);
  if (idempotency && stored) answers.record(idempotency.key, stored);
  return { kind: 'decided', answer };
}

function refusalAnswer(kind: 'IN_FLIGHT' | 'REUSED'): StoredAnswer {
  const { code, status, message, extensions } = refusalOf(kind);
  return { status, body: { code, detail: message, extensions } };
}

function make(work: Work, changes: readonly Change[], traceparent: string | undefined): void {
  for (const change of changes) {
    const before = 'reservationId' in change ? (work.state.reservations.get(change.reservationId) ?? null) : null;
    evolve(work.state, change);
    work.changes.push({ change, traceparent, before });
  }
}

function noteUnavailable(work: Work, answer: Refusal): void {
  if (answer.code === 'SEAT_UNAVAILABLE') work.refused.push({ seatIds: answer.unavailableSeatIds, section: null });
  if (answer.code === 'SOLD_OUT') work.refused.push({ seatIds: [], section: answer.section });
}

/** Whether seats or places changed, as opposed to what is only known of a reservation. */
function changesVersion(changes: readonly TracedChange[]): boolean {
  return changes.some(({ change }) => movesSeats(change));
}

function movesSeats({ type }: Change): boolean {
  return type !== 'window-set' && type !== 'allocation-refused';
}

/** Sends every write and leaves them unawaited, so that COMMIT goes out right behind them. */
async function write(tx: Tx, works: readonly Work[], answers: Answers, now: Date): Promise<DomainEvent[][]> {
  const moved = works.filter((work) => changesVersion(work.changes));
  const seats = moved.flatMap(({ sale, state, changes }) =>
    touchedSeats(changes).map((seatId) => ({
      eventId: sale.rules.eventId,
      seatId,
      ...(state.seats.get(seatId) ?? { status: 'A' as const, reservationId: null }),
    })),
  );
  const places = moved.flatMap(({ sale, state, changes }) =>
    touchedPlaces(changes).flatMap((sectionIndex) => {
      const place = state.places.get(sectionIndex);
      return place ? [{ eventId: sale.rules.eventId, sectionIndex, ...place }] : [];
    }),
  );
  const { added, updated } = touchedReservations(works);
  const events = works.map((work) => eventsOf(work, now)).filter((list) => list.length > 0);
  const records = events.map((list) => ({ topic: 'seat.events' as const, key: list[0]?.subject ?? '', events: list }));

  await answers.save(tx);
  if (seats.length > 0) void writeSeatStates(tx, seats);
  if (places.length > 0) void writePlaces(tx, places);
  if (added.length > 0) void insertReservations(tx, added);
  if (updated.length > 0) void updateReservations(tx, updated);
  for (const reservation of refundedOf(works)) void updateRefunded(tx, reservation);
  if (moved.length > 0)
    void advanceSales(
      tx,
      moved.map(({ sale, state }) => ({ eventId: sale.rules.eventId, availableSeats: state.availableSeats })),
    );
  void appendToOutbox(tx, records);
  return events;
}

function eventsOf(work: Work, now: Date): DomainEvent[] {
  const events = changesVersion(work.changes) ? seatEventsOf(work.state, work.sale.version + 1, work.changes, now) : [];
  if (work.refused.length > 0) events.push(unavailableEvent(work.sale.rules.eventId, work.refused, now));
  return events;
}

function touchedSeats(changes: readonly TracedChange[]): number[] {
  const seatIds = new Set<number>();
  for (const { change, before } of changes) {
    if (!movesSeats(change)) continue;
    const touched =
      change.type === 'reserved' ? change.reservation.seatIds : 'seatIds' in change ? change.seatIds : before?.seatIds;
    for (const seatId of touched ?? []) seatIds.add(seatId);
  }
  return [...seatIds];
}

function touchedPlaces(changes: readonly TracedChange[]): number[] {
  const sections = new Set<number>();
  for (const { change, before } of changes) {
    if (!movesSeats(change)) continue;
    const reservation = change.type === 'reserved' ? change.reservation : before;
    for (const place of reservation?.places ?? []) sections.add(place.sectionIndex);
  }
  return [...sections];
}

/** Reservations made in this batch are inserted as they are at its end, those that were there are updated. */
function touchedReservations(works: readonly Work[]): { added: ReservationState[]; updated: ReservationState[] } {
  const added: ReservationState[] = [];
  const updated: ReservationState[] = [];
  for (const { state, changes } of works) {
    const isNew = new Set(changes.flatMap(({ change }) => (change.type === 'reserved' ? change.reservation.reservationId : [])));
    const touched = new Set(changes.flatMap(({ change }) => ('reservationId' in change ? change.reservationId : [])));
    for (const id of new Set([...isNew, ...touched])) {
      const reservation = state.reservations.get(id);
      if (reservation) (isNew.has(id) ? added : updated).push(reservation);
    }
  }
  return { added, updated };
}

function refundedOf(works: readonly Work[]): ReservationState[] {
  return works.flatMap(({ state, changes }) => {
    const ids = new Set(changes.flatMap(({ change }) => (change.type === 'deallocated' ? change.reservationId : [])));
    return [...ids].flatMap((id) => state.reservations.get(id) ?? []);
  });
}
