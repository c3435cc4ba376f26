import { sql, type Tx } from '../platform/postgres/database.ts';
import type { Evidence } from './invariants/check.ts';
import { lookingUp, overEverything, pagesOf } from './session.ts';

const ORDERS = sql(
  'verify.sales_orders',
  `select order_id as "orderId", reservation_id as "reservationId", status, total_cents as "totalCents", payment_id as "paymentId",
     coalesce(live.tickets, 0)::integer as "liveTickets"
   from orders left join (select order_id, count(*) as tickets from ticket where status <> 'REVOKED' group by order_id) as live
     using (order_id)`,
);
const PAYMENTS = sql(
  'verify.sales_payments',
  `select order_id as "orderId", payment_id as "paymentId", status, amount_cents as "amountCents", refunded_cents as "refundedCents",
     coalesce((select bool_and(refund.status = 'FAILED') from refund
       where refund.payment_id = payment.payment_id and kind = 'LATE_PAYMENT'), false) as "refundRefused"
   from payment where order_id = any($1::text[]) order by order_id, payment_id`,
);
const RESERVATIONS = sql(
  'verify.sales_reservations',
  `select reservation_id as "reservationId", status, order_id as "orderId", outcome from reservation where reservation_id = any($1::text[])`,
);

export type SalePayment = {
  orderId: string;
  paymentId: string;
  status: string;
  amountCents: number;
  refundedCents: number;
  /** It came too late, and the provider refuses to give it back: it is owed. */
  refundRefused: boolean;
};
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

/** Shows every order, one after the other. */
export function forEachSale(
  { orders, payments, seating }: Pick<Evidence, 'orders' | 'payments' | 'seating'>,
  look: (sale: Sale) => void,
): Promise<void> {
  return overEverything(orders, (ordered) =>
    lookingUp(payments, (paid) =>
      lookingUp(seating, async (held) => {
        for await (const page of pagesOf<SaleOrder>(ordered, ORDERS))
          for (const sale of await salesOf(page, paid, held)) look(sale);
      }),
    ),
  );
}

async function salesOf(page: readonly SaleOrder[], paid: Tx, held: Tx): Promise<Sale[]> {
  const [payments, reservations] = await Promise.all([
    paid.rows<SalePayment>(PAYMENTS, [page.map(({ orderId }) => orderId)]),
    held.rows<SaleReservation>(RESERVATIONS, [page.map(({ reservationId }) => reservationId)]),
  ]);
  const paymentsOf = Map.groupBy(payments, ({ orderId }) => orderId);
  const reservationOf = new Map(reservations.map((reservation) => [reservation.reservationId, reservation]));
  return page.map((order) => ({
    ...order,
    payments: paymentsOf.get(order.orderId) ?? [],
    reservation: reservationOf.get(order.reservationId) ?? null,
  }));
}

/** Whether money of it was captured, whatever went back since. */
export function wasCaptured({ status }: SalePayment): boolean {
  return status === 'SUCCESS' || status === 'PARTIALLY_REFUNDED' || status === 'REFUNDED';
}
