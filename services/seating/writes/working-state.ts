import type { Tx } from '../../../platform/postgres/database.ts';
import { createSeatChooser } from '../domain/best-available.ts';
import type { Command } from '../domain/decide.ts';
import { seatCount } from '../domain/layout.ts';
import type { ReservationState, SaleState } from '../domain/sale.ts';
import type { LayoutCache } from '../store/layout-cache.ts';
import { readDue, readReservations, readTickets } from '../store/reservations.ts';
import { lockSales, type SaleRow } from '../store/sales.ts';
import { readPlaces, readSeatsOfEnded, readSeatStates, readStatuses, type SeatKey } from '../store/seats.ts';
import type { Choosers } from './choosers.ts';

/** Holds ended in one transaction at most; when there are more, the batch ends these and then starts over. */
export const MAX_DUE = 1_000;

export type WorkingState = {
  /** The database's clock, read under the locks. */
  now: Date;
  due: readonly ReservationState[];
  /** Of those events that have one. */
  sales: readonly SaleRow[];
  states: ReadonlyMap<string, SaleState>;
};

/**
 * Locks the sales of the events and reads what a batch's commands may touch, of which nothing changes until the commit. All statements
 * go out together: the server runs one after the other, and each of them sees what was committed before it began, so those behind
 * the lock see what is true under it. Only best-available needs more, and a layout that is not known here.
 */
export async function lockWorkingState(
  tx: Tx,
  eventIds: readonly string[],
  commands: readonly Command[],
  layouts: LayoutCache,
  choosers: Choosers,
): Promise<WorkingState> {
  const seatKeys = distinctSeats(commands);
  const buyers = distinctBuyers(commands);
  const reservationIds = [...new Set(commands.flatMap((command) => ('reservationId' in command ? named(command) : [])))];
  const allocated = commands.flatMap((command) => (command.type === 'allocate' ? command.reservationId : []));
  const [sales, { now, due }, seats, ended, places, tickets, reservations] = await Promise.all([
    lockSales(tx, eventIds),
    readDue(tx, eventIds, MAX_DUE),
    seatKeys.length > 0 ? readSeatStates(tx, seatKeys) : [],
    allocated.length > 0 ? readSeatsOfEnded(tx, allocated) : [],
    readPlaces(tx, eventIds),
    buyers.length > 0 ? readTickets(tx, buyers) : [],
    reservationIds.length > 0 ? readReservations(tx, reservationIds) : [],
  ]);
  const found = await Promise.all(sales.map((sale) => layouts.get(tx, sale.rules.eventId, sale.layoutVersion)));
  const states = new Map<string, SaleState>();
  sales.forEach((sale, index) => {
    const layout = found[index];
    if (layout) states.set(sale.rules.eventId, emptyState(sale, layout));
  });
  for (const { eventId, seatId, status, reservationId } of [...seats, ...ended])
    states.get(eventId)?.seats.set(seatId, { status, reservationId });
  for (const { eventId, sectionIndex, ...place } of places) states.get(eventId)?.places.set(sectionIndex, place);
  for (const { eventId, userId } of buyers) states.get(eventId)?.tickets.set(userId, 0);
  for (const { eventId, userId, tickets: count } of tickets) states.get(eventId)?.tickets.set(userId, count);
  for (const reservation of [...due, ...reservations])
    states.get(reservation.eventId)?.reservations.set(reservation.reservationId, reservation);
  await readChoosers(tx, sales, commands, states, choosers);
  return { now, due, sales, states };
}

function emptyState(sale: SaleRow, layout: SaleState['layout']): SaleState {
  return {
    rules: sale.rules,
    layout,
    totalSeats: sale.totalSeats,
    availableSeats: sale.availableSeats,
    seats: new Map(),
    places: new Map(),
    tickets: new Map(),
    reservations: new Map(),
    chooser: null,
  };
}

/** A chooser kept from the batch before serves when nobody else has written since; otherwise the statuses are read under the lock. */
async function readChoosers(
  tx: Tx,
  sales: readonly SaleRow[],
  commands: readonly Command[],
  states: ReadonlyMap<string, SaleState>,
  choosers: Choosers,
): Promise<void> {
  const wanted = new Set(
    commands.flatMap((command) => (command.type === 'reserve' && command.selection.kind === 'best' ? command.eventId : [])),
  );
  for (const { rules, version, layoutVersion } of sales) {
    const state = states.get(rules.eventId);
    if (!state) continue;
    state.chooser = choosers.at(rules.eventId, version, layoutVersion);
    if (state.chooser || !wanted.has(rules.eventId) || seatCount(state.layout) === 0) continue;
    const letters = Buffer.from(await readStatuses(tx, rules.eventId), 'latin1');
    state.chooser = createSeatChooser(state.layout, (seatId) => letters[seatId - 1] === 0x41);
  }
}

function named(command: Exclude<Command, { type: 'block' | 'unblock' | 'sweep' }>): string[] {
  return command.type === 'reserve' ? [] : [command.reservationId];
}

function distinctSeats(commands: readonly Command[]): SeatKey[] {
  const seen = new Set<string>();
  const keys: SeatKey[] = [];
  for (const command of commands) {
    for (const seatId of seatsOf(command)) {
      const key = `${command.eventId} ${seatId}`;
      if (seen.has(key)) continue;
      seen.add(key);
      keys.push({ eventId: command.eventId, seatId });
    }
  }
  return keys;
}

function seatsOf(command: Command): readonly number[] {
  if (command.type === 'block' || command.type === 'unblock') return command.seatIds;
  if (command.type === 'reserve' && command.selection.kind === 'seats') return command.selection.seatIds;
  return [];
}

function distinctBuyers(commands: readonly Command[]): { eventId: string; userId: string }[] {
  const buyers = new Map<string, { eventId: string; userId: string }>();
  for (const command of commands) {
    if (command.type !== 'reserve') continue;
    buyers.set(`${command.eventId} ${command.userId}`, { eventId: command.eventId, userId: command.userId });
  }
  return [...buyers.values()];
}
