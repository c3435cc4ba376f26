import type { RevokeTicketsAnswer, RevokeTicketsBody } from '../../contracts/http/orders.ts';
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { canBeConfirmed } from './domain/order-status.ts';
import type { OrderState } from './domain/order.ts';
import { revokeTickets, type Revoked } from './revoke-tickets.ts';
import { lockOrders } from './store/orders.ts';

/**
 * Payments is about to give money back: the tickets that it is for become void first.
 *
 * @throws ApiError ORDER_NOT_FOUND, TICKET_NOT_FOUND, TICKET_NOT_REFUNDABLE, PAYMENT_NOT_REFUNDABLE
 */
export function revokeForRefund(
  { database, clock }: { database: Database; clock: Clock },
  orderId: string,
  { refundId, paymentId, ticketIds, reason }: RevokeTicketsBody,
  traceparent: string,
): Promise<RevokeTicketsAnswer> {
  return database.transaction(async (tx) => {
    const order = (await lockOrders(tx, [orderId])).get(orderId);
    if (order === undefined) throw new ApiError('ORDER_NOT_FOUND', `There is no order ${orderId}.`);
    if (isOpenFor(order, paymentId)) throw notSettled(order);
    if (order.paymentId !== paymentId || !hasTickets(order)) return withoutTickets(ticketIds);
    const request = { refundId, ticketIds: ticketIds ?? null, reason, at: clock.now(), traceparent };
    const revoked = await revokeTickets(tx, order, request);
    if (!revoked.ok) throw refusalOf(revoked);
    const { revocation } = revoked;
    if (revocation.ticketIds.length === 0)
      throw new ApiError('PAYMENT_NOT_REFUNDABLE', 'Every ticket of the order is refunded, or is about to be.');
    return { ticketIds: revocation.ticketIds, valueCents: revocation.valueCents };
  });
}

/** Whether this payment may still bring tickets: then it must not be refunded as if it came too late. */
function isOpenFor({ status, paymentId: settledWith }: OrderState, paymentId: string): boolean {
  return canBeConfirmed(status) && !(status === 'EXPIRED' && settledWith === paymentId);
}

function hasTickets({ status }: OrderState): boolean {
  return status === 'CONFIRMED' || status === 'PARTIALLY_REFUNDED' || status === 'REFUNDED';
}

function withoutTickets(named: readonly string[] | undefined): RevokeTicketsAnswer {
  if (named === undefined) return { ticketIds: [], valueCents: 0 };
  throw new ApiError('TICKET_NOT_FOUND', 'The order has no such tickets from this payment.', { ticketIds: named });
}

function notSettled({ status }: OrderState): ApiError {
  const detail = `The order is ${status}: what becomes of it is just being decided. Read it and try again with a new key.`;
  return new ApiError('PAYMENT_NOT_REFUNDABLE', detail, { orderStatus: status });
}

export function refusalOf({ code, ticketIds }: Extract<Revoked, { ok: false }>): ApiError {
  return code === 'TICKET_NOT_FOUND'
    ? new ApiError(code, 'The order has no such tickets. Nothing was revoked.', { ticketIds })
    : new ApiError(code, 'Some of the tickets were used, or are revoked already. Nothing was revoked.', { ticketIds });
}
