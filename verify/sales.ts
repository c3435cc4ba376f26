import { sql } from '../platform/postgres/database.ts';
import type { Evidence } from './invariants/check.ts';

const PAGE = 2_000;

const ORDERS = sql(
  'verify.sales_orders',
  `select order_id as "orderId", reservation_id as "reservationId", status, total_cents as "totalCents", payment_id as "paymentId",
     coalesce(live.tickets, 0)::integer as "liveTickets"
   from (select * from orders where order_id > $1 order by order_id limit $2) as page
   left join lateral (
     select count(*) as tickets from ticket where ticket.order_id = page.order_id and ticket.status <> 'REVOKED'
   ) as live on true
   order by order_id`,
);
const PAYMENTS = sql(
  'verify.sales_payments',
  `select order_id as "orderId", payment_id as "paymentId", status, amount_cents as "amountCents", refunded_cents as "refundedCents"
   from payment where order_id = any($1::text[]) order by order_id, payment_id`,
);
const RESERVATIONS = sql(
  'verify.sales_reservations',
  `select reservation_id as "reservationId", status, order_id as "orderId", outcome from reservation where reservation_id = any($1::text[])`,
);

export type SalePayment = { orderId: string; paymentId: string; status: string; amountCents: number; refundedCents: number };
type SaleReservation = { reservationId: string; status: string; orderId: string | null; outcome: string | null };
type SaleOrder = {
  orderId: string;
  reservationId: string;
  status: string;
  totalCents: number;
  paymentId: string | null;
  liveTickets: number;
};

/** An order with what the other two services say of the same sale. */
export type Sale = SaleOrder & { payments: readonly SalePayment[]; reservation: SaleReservation | null };

/** Every order, a page at a time. */
export async function* sales({
  orders,
  payments,
  seating,
}: Pick<Evidence, 'orders' | 'payments' | 'seating'>): AsyncGenerator<Sale[]> {
  for (let after = ''; ;) {
    const page = await orders.rows<SaleOrder>(ORDERS, [after, PAGE]);
    const last = page.at(-1);
    if (last === undefined) return;
    const [paid, held] = await Promise.all([
      payments.rows<SalePayment>(PAYMENTS, [page.map(({ orderId }) => orderId)]),
      seating.rows<SaleReservation>(RESERVATIONS, [page.map(({ reservationId }) => reservationId)]),
    ]);
    const paymentsOf = Map.groupBy(paid, ({ orderId }) => orderId);
    const reservationOf = new Map(held.map((reservation) => [reservation.reservationId, reservation]));
    yield page.map((order) => ({
      ...order,
      payments: paymentsOf.get(order.orderId) ?? [],
      reservation: reservationOf.get(order.reservationId) ?? null,
    }));
    after = last.orderId;
  }
}

/** Whether money of it was captured, whatever went back since. */
export function wasCaptured({ status }: SalePayment): boolean {
  return status === 'SUCCESS' || status === 'PARTIALLY_REFUNDED' || status === 'REFUNDED';
}
