import { newId } from '../../contracts/ids.ts';
import type { AllocationOutcome, AllocationsAnswer } from '../../contracts/http/seating.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import { appendToOutbox, type OutboxRecord } from '../../platform/outbox/append.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import type { OrderChange, OrderState } from './domain/order.ts';
import { canBeConfirmed } from './domain/order-status.ts';
import { valueOf } from './domain/pricing.ts';
import { settle } from './domain/settlement.ts';
import { bookingConfirmed, bookingFailed, bookingRecord, ticketIssued } from './domain-events.ts';
import { newConfirmationNumber, newTicketCode } from './issuing/codes.ts';
import type { TicketSigner } from './issuing/ticket-signer.ts';
import { cancelledEventsOf, reopenCancelledEvents } from './store/cancelled-events.ts';
import { lockOrders, readOrders, saveChanges } from './store/orders.ts';
import { insertTickets, type TicketState } from './store/tickets.ts';

/** An order that is paid (`paymentId`) or costs nothing (null). */
export type Paid = { orderId: string; paymentId: string | null; traceparent: string | undefined };

/** By order id. */
export type Outcomes = ReadonlyMap<string, AllocationOutcome>;

export type OrderSettler = {
  /**
   * Asks seating, outside any transaction, to allocate the seats of all orders that can be confirmed. Idempotent: seating stores
   * each outcome, so only a stored refusal leads to a refund, never a lost answer.
   */
  allocate(paid: readonly Paid[]): Promise<Outcomes>;
  /** Confirms orders with their tickets, or sends the money back. */
  settle(tx: Tx, paid: readonly Paid[], outcomes: Outcomes): Promise<void>;
};

const MAX_ALLOCATIONS_A_CALL = 1_000;

export function createOrderSettler(deps: {
  database: Database;
  services: ServiceClient;
  clock: Clock;
  signer: () => Promise<TicketSigner>;
}): OrderSettler {
  const { database, services, clock, signer } = deps;

  async function allocate(paid: readonly Paid[]): Promise<Outcomes> {
    const orders = await readOrders(database, [...new Set(paid.map(({ orderId }) => orderId))]);
    const open = orders.filter(({ status }) => canBeConfirmed(status));
    const outcomes = new Map<string, AllocationOutcome>();
    for (let start = 0; start < open.length; start += MAX_ALLOCATIONS_A_CALL) {
      const part = open.slice(start, start + MAX_ALLOCATIONS_A_CALL);
      const allocations = part.map(({ reservationId, orderId }) => ({ reservationId, orderId }));
      const options = { method: 'POST' as const, body: { allocations }, traceparent: paid[0]?.traceparent };
      const answer = await services.call<AllocationsAnswer>('seating', '/internal/allocations', options);
      const byReservation = new Map(answer.outcomes.map(({ reservationId, outcome }) => [reservationId, outcome]));
      for (const { orderId, reservationId } of part) {
        const outcome = byReservation.get(reservationId);
        if (outcome !== undefined) outcomes.set(orderId, outcome);
      }
    }
    return outcomes;
  }

  async function settleAll(tx: Tx, paid: readonly Paid[], outcomes: Outcomes): Promise<void> {
    const sign = await signer();
    const orderIds = [...new Set(paid.map(({ orderId }) => orderId))];
    // Sent together, and read one after the other: what is cancelled is known under the locks.
    const [orders, cancelled] = await Promise.all([lockOrders(tx, orderIds), cancelledEventsOf(tx, orderIds)]);
    const at = clock.now();
    const changes: OrderChange[] = [];
    const tickets: TicketState[] = [];
    const records: OutboxRecord[] = [];
    for (const { orderId, paymentId, traceparent } of paid) {
      const order = orders.get(orderId);
      if (order === undefined) throw new Error(`${paymentId ?? 'A confirmation'} is for ${orderId}, which is not an order`);
      const { change, confirmed, refund } = settle(
        order,
        paymentId,
        outcomes.get(orderId),
        at,
        newConfirmationNumber(),
        cancelled.has(order.eventId),
      );
      const settled = change?.order ?? order;
      if (change !== null) changes.push(change);
      orders.set(orderId, settled);
      if (confirmed) {
        if (cancelled.has(order.eventId)) void reopenCancelledEvents(tx, [order.eventId]);
        const issued = issueTickets(settled, sign, at);
        tickets.push(...issued);
        records.push(
          bookingRecord(orderId, [bookingConfirmed(settled, traceparent), ticketIssued(settled, issued, traceparent)]),
        );
      } else if (refund !== null || change !== null) {
        records.push(bookingRecord(orderId, [bookingFailed(settled, refund ?? 'SEATS_GONE', paymentId, at, traceparent)]));
      }
    }
    await Promise.all([saveChanges(tx, changes), insertTickets(tx, tickets), appendToOutbox(tx, records)]);
  }

  return { allocate, settle: settleAll };
}

function issueTickets(order: OrderState, signer: TicketSigner, issuedAt: Date): TicketState[] {
  const { orderId, eventId, userId } = order;
  return order.items.map((item) => {
    const ticketId = newId('ticket');
    const serial = 1;
    return {
      ticketId,
      orderId,
      eventId,
      userId,
      section: item.section,
      seatId: item.seatId ?? null,
      seatCode: item.seatCode,
      valueCents: valueOf(item),
      status: 'VALID',
      refundId: null,
      ticketCode: newTicketCode(),
      serial,
      qrPayload: signer.payloadOf({ ticketId, eventId, serial }),
      issuedAt,
    };
  });
}
