import { sql } from '../../platform/postgres/database.ts';
import { findings, finding, type Row } from '../report.ts';
import { forEachSale, wasCaptured, type Sale } from '../sales.ts';
import { notSettled, type Check, type Evidence } from './check.ts';

/** Statuses in which an order is not what its money was for. */
const NOT_HAD = ['PENDING', 'PAYMENT_PROCESSING', 'EXPIRED', 'CANCELLED', 'FAILED'];

const GIVEN_BACK = sql(
  'verify.late_payments',
  `select count(*)::integer as count from refund where kind = 'LATE_PAYMENT' and status = 'SUCCESS'`,
);

export const latePayments: Check = {
  invariant: 5,
  promise: 'a payment after the end of its hold takes the same seats again, or is refunded by itself',
  check: async (evidence: Evidence) => {
    if (evidence.busy.length > 0) return notSettled(evidence.busy);
    const standing = findings('captured payments of orders that cannot be had, not given back');
    const without = findings('orders with tickets whose reservation is not allocated to them');
    let captured = 0;
    await forEachSale(evidence, (sale) => {
      captured += sale.payments.filter(wasCaptured).length;
      standing.add(...standingOf(sale));
      if (sale.liveTickets > 0 && !hasItsSeats(sale)) without.add(shownOf(sale));
    });
    const [late] = await evidence.payments.rows<{ count: number }>(GIVEN_BACK);
    return finding(
      `${captured} captured payments, ${late?.count ?? 0} of them too late and given back`,
      standing.found(),
      without.found(),
    );
  },
};

/** Money of an order that was not had; and of one that was, any money but that which paid for it. What is owed promise 3 tells. */
function standingOf(sale: Sale): Row[] {
  const kept = sale.payments.filter(
    (payment) => wasCaptured(payment) && payment.refundedCents < payment.amountCents && !payment.refundRefused,
  );
  return kept
    .filter(({ paymentId }) => NOT_HAD.includes(sale.status) || paymentId !== sale.paymentId)
    .map((payment) => ({ ...shownOf(sale), ...payment, status: sale.status, paymentStatus: payment.status }));
}

function hasItsSeats({ orderId, reservation }: Sale): boolean {
  return reservation?.status === 'ALLOCATED' && reservation.orderId === orderId;
}

function shownOf({ orderId, status, reservationId, reservation }: Sale): Row {
  return {
    orderId,
    status,
    reservationId,
    reservationStatus: reservation?.status ?? null,
    outcome: reservation?.outcome ?? null,
  };
}
