import type { DomainEvent, DomainEventData } from '../../contracts/events/domain-event.ts';
import type { OutboxRecord } from '../../platform/outbox/append.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import type { OrderState } from './domain/order.ts';
import type { RefundReason } from './domain/settlement.ts';
import type { Revocation } from './store/revocations.ts';
import type { TicketState } from './store/tickets.ts';

type BookingEventType = 'booking.initiated' | 'booking.confirmed' | 'booking.failed' | 'booking.cancelled' | 'booking.refunded';
type Trace = string | undefined;

export function bookingInitiated(order: OrderState, traceparent: Trace): DomainEvent {
  const times = { expiresAt: order.expiresAt.toISOString(), initiatedAt: order.createdAt.toISOString() };
  return of('booking.initiated', order, { ...factsOf(order), ...times }, traceparent);
}

export function bookingConfirmed(order: OrderState, traceparent: Trace): DomainEvent {
  const { paymentId, confirmationNumber } = order;
  const data = {
    ...factsOf(order),
    paymentId,
    confirmationNumber: confirmationNumber ?? '',
    confirmedAt: order.updatedAt.toISOString(),
  };
  return of('booking.confirmed', order, data, traceparent);
}

/** @param paymentId of money that must go back, or null when none was captured */
export function bookingFailed(
  order: OrderState,
  reason: RefundReason | 'BOOKING_DECLINED',
  paymentId: string | null,
  at: Date,
  traceparent: Trace,
): DomainEvent {
  return of('booking.failed', order, { ...factsOf(order), reason, paymentId, failedAt: at.toISOString() }, traceparent);
}

export function bookingCancelled(order: OrderState, reason: string, traceparent: Trace): DomainEvent {
  return of('booking.cancelled', order, { ...factsOf(order), reason, cancelledAt: order.updatedAt.toISOString() }, traceparent);
}

export function bookingRefunded(order: OrderState, refundId: string, amountCents: number, traceparent: Trace): DomainEvent {
  const data = { ...factsOf(order), refundId, amountCents, refundedAt: order.updatedAt.toISOString() };
  return of('booking.refunded', order, data, traceparent);
}

export function ticketIssued(order: OrderState, tickets: readonly TicketState[], traceparent: Trace): DomainEvent {
  const { orderId, userId, eventId } = order;
  const issued = tickets.map(({ ticketId, ticketCode, seatId, seatCode, section }) => ({
    ticketId,
    ticketCode,
    ...(seatId === null ? {} : { seatId }),
    seatCode,
    section,
  }));
  const data = { orderId, userId, eventId, tickets: issued, issuedAt: order.updatedAt.toISOString() };
  const time = order.updatedAt.toISOString();
  return newDomainEvent({ type: 'ticket.issued', source: '/onsale/orders', subject: orderId, time, traceparent, data });
}

export function ticketRevoked(
  order: OrderState,
  revocation: Revocation,
  tickets: readonly TicketState[],
  traceparent: Trace,
): DomainEvent {
  const { orderId, userId, eventId, reservationId, currency } = order;
  const { paymentId, refundId, valueCents, reason, createdAt } = revocation;
  const revoked = tickets.map(({ ticketId, seatId, seatCode, section }) => ({
    ticketId,
    ...(seatId === null ? {} : { seatId }),
    seatCode,
    section,
  }));
  const money = { paymentId, refundId, valueCents, currency, reason };
  const time = createdAt.toISOString();
  const data = { orderId, userId, eventId, reservationId, ...money, tickets: revoked, revokedAt: time };
  return newDomainEvent({ type: 'ticket.revoked', source: '/onsale/orders', subject: orderId, time, traceparent, data });
}

export function bookingRecord(orderId: string, events: readonly DomainEvent[]): OutboxRecord {
  return { topic: 'booking.events', key: orderId, events };
}

function factsOf(order: OrderState) {
  const { orderId, userId, eventId, reservationId, totalCents, currency } = order;
  const items = order.items.map(({ feeCents: _fee, taxCents: _tax, ...item }) => item);
  return { orderId, userId, eventId, reservationId, items, totalCents, currency };
}

function of<T extends BookingEventType>(
  type: T,
  order: OrderState,
  data: DomainEventData<T>,
  traceparent: Trace,
): DomainEvent<T> {
  const time = order.updatedAt.toISOString();
  return newDomainEvent({ type, source: '/onsale/orders', subject: order.orderId, time, traceparent, data });
}
