import { describe, expect, it } from 'vitest';
import { changeOrder, holdEnded, mayBeginPayment, paymentFailed, type OrderState } from './order.ts';
import { settle } from './settlement.ts';

const at = new Date('2030-01-01T12:00:00Z');
const later = (seconds: number): Date => new Date(at.getTime() + seconds * 1_000);

const pending: OrderState = {
  orderId: 'ord_1',
  userId: 'usr_1',
  eventId: 'evt_1',
  reservationId: 'res_1',
  status: 'PENDING',
  oneCall: false,
  items: [{ seatId: 1, seatCode: 'A-1', section: 'A', priceCents: 100, feeCents: 0, taxCents: 0 }],
  subtotalCents: 100,
  feeCents: 0,
  taxCents: 0,
  totalCents: 100,
  currency: 'USD',
  paymentId: null,
  confirmationNumber: null,
  expiresAt: later(60),
  paymentWindowEndsAt: null,
  holdEndReason: null,
  cancelReason: null,
  checkAt: later(90),
  createdAt: at,
  updatedAt: at,
};

const paying: OrderState = { ...pending, status: 'PAYMENT_PROCESSING', paymentId: 'pay_1', paymentWindowEndsAt: later(120) };
const request = { userId: 'usr_1', amountCents: 100, currency: 'USD' };

describe('beginning a payment', () => {
  it('is for the owner, the exact amount and an order that is open', () => {
    expect(mayBeginPayment(pending, request)).toMatchObject({ ok: true });
    expect(mayBeginPayment(undefined, request)).toMatchObject({ code: 'ORDER_NOT_FOUND' });
    expect(mayBeginPayment(pending, { ...request, userId: 'usr_2' })).toMatchObject({ code: 'ORDER_NOT_FOUND' });
    expect(mayBeginPayment(pending, { ...request, amountCents: 99 })).toMatchObject({ code: 'AMOUNT_MISMATCH', totalCents: 100 });
    expect(mayBeginPayment(pending, { ...request, currency: 'EUR' })).toMatchObject({ code: 'AMOUNT_MISMATCH' });
    expect(mayBeginPayment({ ...pending, status: 'EXPIRED' }, request)).toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
    expect(mayBeginPayment({ ...pending, totalCents: 0 }, { ...request, amountCents: 0 })).toMatchObject({
      code: 'ORDER_NOT_PAYABLE',
    });
  });

  it('takes over from a payment whose failure is still on its way', () => {
    expect(mayBeginPayment(paying, request)).toMatchObject({ ok: true });
    expect(mayBeginPayment({ ...paying, holdEndReason: 'EXPIRED' }, request)).toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  });
});

describe('a payment that failed', () => {
  it('opens the order for another card', () => {
    expect(paymentFailed(paying, 'pay_1', at)).toMatchObject([
      { order: { status: 'PENDING', paymentId: null, checkAt: later(90) } },
    ]);
  });

  it('is no news for an order that is on to another payment, or done', () => {
    expect(paymentFailed(paying, 'pay_0', at)).toEqual([]);
    expect(paymentFailed({ ...paying, status: 'CONFIRMED' }, 'pay_1', at)).toEqual([]);
  });

  it('ends the order when its hold ended meanwhile', () => {
    const noted = holdEnded(paying, 'EXPIRED', at);
    expect(noted).toMatchObject({ order: { status: 'PAYMENT_PROCESSING', holdEndReason: 'EXPIRED' } });
    const steps = paymentFailed(noted?.order ?? paying, 'pay_1', at);
    expect(steps.map(({ order }) => order.status)).toEqual(['PENDING', 'EXPIRED']);
    expect(steps.at(-1)?.order.checkAt).toBeNull();
  });

  it('fails a booking made in one call, unless it was given up before', () => {
    const booked: OrderState = { ...paying, oneCall: true };
    expect(paymentFailed(booked, 'pay_1', at)).toMatchObject([
      { cause: 'BOOKING_DECLINED', order: { status: 'FAILED', paymentId: null, checkAt: null } },
    ]);
    expect(paymentFailed({ ...booked, holdEndReason: 'EXPIRED' }, 'pay_1', at).map(({ order }) => order.status)).toEqual([
      'FAILED',
    ]);
    const givenUp = paymentFailed({ ...booked, cancelReason: 'BUYER' }, 'pay_1', at);
    expect(givenUp.map(({ order }) => order.status)).toEqual(['PENDING', 'CANCELLED']);
    expect(paymentFailed(booked, 'pay_1', at, true).map(({ order }) => order.status)).toEqual(['PENDING']);
  });
});

describe('money that came', () => {
  it('confirms with the seats, also after the hold ended', () => {
    for (const order of [paying, pending, { ...pending, status: 'EXPIRED' as const }]) {
      expect(settle(order, 'pay_1', 'ALLOCATED', at, 'ABC')).toMatchObject({
        confirmed: true,
        refund: null,
        change: { order: { status: 'CONFIRMED', paymentId: 'pay_1', confirmationNumber: 'ABC', checkAt: null } },
      });
    }
  });

  it('goes back when the seats are gone, once', () => {
    const gone = settle(paying, 'pay_1', 'GONE', at, 'ABC');
    expect(gone).toMatchObject({
      confirmed: false,
      refund: 'SEATS_GONE',
      change: { order: { status: 'EXPIRED', confirmationNumber: null } },
    });
    const again = settle(gone.change?.order ?? paying, 'pay_1', 'GONE', at, 'ABC');
    expect(again).toEqual({ change: null, confirmed: false, refund: null });
  });

  it('goes back when the event was cancelled, or the order has ended', () => {
    expect(settle(paying, 'pay_1', 'EVENT_CANCELLED', at, 'ABC')).toMatchObject({
      refund: 'EVENT_CANCELLED',
      change: { order: { status: 'CANCELLED' } },
    });
    const ended = { ...pending, status: 'CANCELLED' as const };
    expect(settle(ended, 'pay_1', undefined, at, 'ABC')).toMatchObject({
      refund: 'ORDER_ENDED',
      change: { order: { paymentId: 'pay_1' } },
    });
  });

  it('changes nothing when it is the same money again, and goes back when it is other money', () => {
    const confirmed: OrderState = { ...paying, status: 'CONFIRMED' };
    expect(settle(confirmed, 'pay_1', undefined, at, 'ABC')).toEqual({ change: null, confirmed: false, refund: null });
    expect(settle(confirmed, 'pay_2', undefined, at, 'ABC')).toMatchObject({ change: null, refund: 'DUPLICATE_PAYMENT' });
  });

  it('ends as refunded once it went back', () => {
    const expired: OrderState = { ...paying, status: 'EXPIRED' };
    expect(changeOrder(expired, 'MONEY_RETURNED', at)).toMatchObject({ order: { status: 'REFUNDED' } });
  });
});
