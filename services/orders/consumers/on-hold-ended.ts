import type { ReleaseReason } from '../../../contracts/events/seat.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import { appendToOutbox, type OutboxRecord } from '../../../platform/outbox/append.ts';
import type { Database, Tx } from '../../../platform/postgres/database.ts';
import { holdEnded, type OrderChange } from '../domain/order.ts';
import { endRecords } from '../fail-payments.ts';
import { lockOrdersOfReservations, saveChanges } from '../store/orders.ts';

/** Seating says that a hold is over: an order that waits for payment ends with it. */
export function onHoldEnded(database: Database, clock: Clock): Subscription<void> {
  return {
    group: 'orders.hold-ended',
    topics: ['seat.events'],
    types: ['seat.released'],
    database,
    handle: async (tx, events) => {
      const ended = events.flatMap((event): EndedHold[] =>
        event.type === 'seat.released' && event.data.previousStatus !== 'ALLOCATED'
          ? [{ reservationId: event.data.reservationId, reason: event.data.reason, traceparent: event.traceparent }]
          : [],
      );
      await endOrders(tx, ended, clock.now());
    },
  };
}

export type EndedHold = { reservationId: string; reason: ReleaseReason; traceparent: string | undefined };

export async function endOrders(tx: Tx, ended: readonly EndedHold[], at: Date): Promise<void> {
  const orders = await lockOrdersOfReservations(tx, [...new Set(ended.map(({ reservationId }) => reservationId))]);
  const byReservation = new Map(orders.map((order) => [order.reservationId, order]));
  const changes: OrderChange[] = [];
  const records: OutboxRecord[] = [];
  for (const { reservationId, reason, traceparent } of ended) {
    const order = byReservation.get(reservationId);
    const change = order === undefined ? null : holdEnded(order, reason, at);
    if (change === null) continue;
    changes.push(change);
    byReservation.set(reservationId, change.order);
    records.push(...endRecords(change, traceparent));
  }
  void appendToOutbox(tx, records);
  await saveChanges(tx, changes);
}
