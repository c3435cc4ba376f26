import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ORDER_STATUSES, type OrderStatus } from '../../../contracts/http/orders.ts';
import { canBeConfirmed, isSettled, nextStatus, ORDER_CAUSES, type OrderCause } from './order-status.ts';

/** What an order may become, whatever happens to it. */
const ALLOWED: Record<OrderStatus, OrderStatus[]> = {
  PENDING: ['PAYMENT_PROCESSING', 'CONFIRMED', 'EXPIRED', 'CANCELLED'],
  PAYMENT_PROCESSING: ['PENDING', 'PAYMENT_PROCESSING', 'CONFIRMED', 'EXPIRED', 'CANCELLED', 'FAILED'],
  EXPIRED: ['EXPIRED', 'CONFIRMED', 'REFUNDED'],
  CANCELLED: ['CANCELLED', 'REFUNDED'],
  FAILED: ['FAILED', 'REFUNDED'],
  CONFIRMED: ['CONFIRMED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CANCELLED'],
  PARTIALLY_REFUNDED: ['PARTIALLY_REFUNDED', 'REFUNDED'],
  REFUNDED: [],
};

const BY_REFUND = new Set<OrderCause>(['PARTLY_REFUNDED', 'TICKETS_REFUNDED', 'NOTHING_TO_REFUND']);

describe('the state machine of orders', () => {
  it('answers every cause in every status, and only with what an order may become', () => {
    for (const status of ORDER_STATUSES) {
      const reached = ORDER_CAUSES.map((cause) => nextStatus(status, cause)).filter((next) => next !== null);
      expect(new Set(reached), status).toEqual(new Set(ALLOWED[status]));
    }
  });

  it('takes a confirmed order back only by a refund, whatever news follows', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ORDER_CAUSES.filter((cause) => !BY_REFUND.has(cause)))), (causes) => {
        const after = causes.reduce<OrderStatus>((status, cause) => nextStatus(status, cause) ?? status, 'CONFIRMED');
        expect(after).toBe('CONFIRMED');
      }),
    );
  });

  it('confirms only by seats that were allocated', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ORDER_STATUSES), fc.constantFrom(...ORDER_CAUSES), (status, cause) => {
        if (status !== 'CONFIRMED' && nextStatus(status, cause) === 'CONFIRMED') expect(cause).toBe('SEATS_ALLOCATED');
      }),
    );
  });

  it('lets a wait end exactly where only late money can change something', () => {
    expect(ORDER_STATUSES.filter((status) => !isSettled(status))).toEqual(['PENDING', 'PAYMENT_PROCESSING']);
    expect(ORDER_STATUSES.filter(canBeConfirmed)).toEqual(['PENDING', 'PAYMENT_PROCESSING', 'EXPIRED']);
  });
});
