import { sql } from '../../platform/postgres/database.ts';
import { finding, violation, type Finding } from '../report.ts';
import type { Check, Evidence } from './check.ts';

/**
 * What was captured, and the value of what was refunded, by order. Goodwill is booked apart: its tickets stay. What was given as
 * goodwill is not given again with the tickets, so less than their value may have gone back, by that much at most.
 */
const MONEY = sql(
  'verify.money_of_orders',
  `select order_id as "orderId", sum(amount_cents)::float8 as "capturedCents", count(*)::integer as captures,
     coalesce(sum(refunded.value), 0)::float8 as "refundedCents", coalesce(sum(refunded.short), 0)::float8 as "shortCents",
     coalesce(sum(refunded.goodwill), 0)::float8 as "goodwillCents"
   from payment left join (
     select payment_id, sum(value_cents) filter (where kind <> 'GOODWILL') as value,
       sum(value_cents - amount_cents) filter (where kind <> 'GOODWILL') as short,
       sum(amount_cents) filter (where kind = 'GOODWILL') as goodwill
     from refund where status <> 'FAILED' group by payment_id
   ) as refunded using (payment_id)
   where status in ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED') group by order_id`,
);
const REFUNDED_TOO_MUCH = sql(
  'verify.refunded_too_much',
  `select payment_id as "paymentId", order_id as "orderId", amount_cents as "amountCents", refunded.cents as "refundedCents"
   from payment join (select payment_id, sum(amount_cents)::float8 as cents from refund where status <> 'FAILED' group by payment_id) as refunded
     using (payment_id)
   where refunded.cents > amount_cents`,
);
/** A reserved amount that no refund stands for could never be given back; one that is missing could be given twice. */
const RESERVED_DIFFERS = sql(
  'verify.reserved_refunds',
  `select payment_id as "paymentId", order_id as "orderId", refunded_cents as "reservedCents", coalesce(refunded.cents, 0)::float8 as "refundCents"
   from payment left join (select payment_id, sum(amount_cents) as cents from refund where status <> 'FAILED' group by payment_id) as refunded
     using (payment_id)
   where refunded_cents <> coalesce(refunded.cents, 0)`,
);
const REFUNDS_DIFFER = sql(
  'verify.provider_refunds',
  `select coalesce(refund_id, provider_key) as "refundId", refund.payment_id as "paymentId", refund.status,
     refund.amount_cents as "amountCents", simulator_refund.amount_cents as "atProviderCents"
   from (select * from refund where amount_cents > 0) as refund full join simulator_refund on refund_id = provider_key
   where coalesce(refund.status = 'SUCCESS', false) <> (provider_key is not null)
     or refund.amount_cents <> simulator_refund.amount_cents or refund.payment_id <> charge_key`,
);
/** The simulated provider's own books against ours. */
const BOOKS_DIFFER = sql(
  'verify.provider_books',
  `select provider_key as "paymentId", order_reference as "orderId", simulator_charge.amount_cents as "atProviderCents",
     payment.status, payment.amount_cents as "amountCents"
   from simulator_charge left join payment on payment_id = provider_key
   where (state = 'CAPTURED') <> coalesce(payment.status in ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED'), false)
     or (state = 'CAPTURED' and simulator_charge.amount_cents <> payment.amount_cents)`,
);
const CAPTURED_TWICE = sql(
  'verify.captured_twice_at_provider',
  `select order_reference as "orderId", array_to_json(array_agg(provider_key)) as "paymentIds"
   from simulator_charge where state = 'CAPTURED' group by order_reference having count(*) > 1`,
);
const ORDERS = sql(
  'verify.value_of_orders',
  `select order_id as "orderId", status, total_cents as "totalCents", coalesce(live.cents, 0)::float8 as "ticketCents",
     coalesce(live.tickets, 0)::integer as tickets, jsonb_array_length(items) as items
   from orders left join (
     select order_id, sum(value_cents) as cents, count(*) as tickets from ticket where status <> 'REVOKED' group by order_id
   ) as live using (order_id)
   where live.tickets > 0 or status in ('CONFIRMED', 'PARTIALLY_REFUNDED')`,
);

type MoneyRow = {
  orderId: string;
  capturedCents: number;
  captures: number;
  refundedCents: number;
  shortCents: number;
  goodwillCents: number;
};
/** Void though their money is not on its way; and good though there is nothing to go to. */
const OWED_TICKETS = sql(
  'verify.owed_tickets',
  `select order_id as "orderId", ticket_id as "ticketId", value_cents as "valueCents" from ticket
   where status = 'REVOKED' and refund_id is null and value_cents > 0`,
);
const TICKETS_OF_CANCELLED = sql(
  'verify.tickets_of_cancelled_events',
  `select event_id as "eventId", order_id as "orderId", ticket_id as "ticketId", ticket.status
   from ticket join cancelled_event using (event_id) where ticket.status <> 'REVOKED'`,
);

type OrderRow = { orderId: string; status: string; totalCents: number; ticketCents: number; tickets: number; items: number };

export const moneyAddsUp: Check = {
  invariant: 3,
  promise: 'money captured = value of live tickets + refunds, per order; no order is captured twice',
  check: async ({ orders, payments, busy }: Evidence): Promise<Finding> => {
    if (busy.length > 0)
      return { verdict: 'not checked', why: `not settled: ${busy.slice(0, 3).join(', ')}; wait or use a longer --settle` };
    const [money, orderRows, tooMuch, differ, twice, reserved, refunds, owed, cancelled] = await Promise.all([
      payments.rows<MoneyRow>(MONEY),
      orders.rows<OrderRow>(ORDERS),
      payments.rows<Record<string, unknown>>(REFUNDED_TOO_MUCH),
      payments.rows<Record<string, unknown>>(BOOKS_DIFFER),
      payments.rows<Record<string, unknown>>(CAPTURED_TWICE),
      payments.rows<Record<string, unknown>>(RESERVED_DIFFERS),
      payments.rows<Record<string, unknown>>(REFUNDS_DIFFER),
      orders.rows<Record<string, unknown>>(OWED_TICKETS),
      orders.rows<Record<string, unknown>>(TICKETS_OF_CANCELLED),
    ]);
    const captured = new Map(money.map((row) => [row.orderId, row]));
    const valued = new Map(orderRows.map((row) => [row.orderId, row]));
    const all = [...new Set([...captured.keys(), ...valued.keys()])].map((orderId) =>
      balanceOf(orderId, captured.get(orderId), valued.get(orderId)),
    );
    return finding(
      `${money.length} paid orders, ${orderRows.length} with tickets`,
      violation(
        'paid orders with neither tickets nor their money back',
        all.filter(({ balance, ticketCents }) => balance > 0 && ticketCents === 0),
      ),
      violation(
        'orders whose tickets and refunds are worth less than was captured',
        all.filter(({ balance, ticketCents }) => balance > 0 && ticketCents > 0),
      ),
      violation(
        'orders whose tickets and refunds are worth more than was captured',
        all.filter(({ balance }) => balance < 0),
      ),
      violation(
        'confirmed orders without all their tickets',
        orderRows.filter(({ status, tickets, items }) => status === 'CONFIRMED' && tickets !== items),
      ),
      violation(
        'orders captured more than once',
        money.filter(({ captures }) => captures > 1),
      ),
      violation('orders captured more than once at the provider', twice),
      violation('payments with more given back than was captured', tooMuch),
      violation('charges on which the provider and we do not agree', differ),
      violation(
        'orders refunded for less than their tickets by more than the goodwill given',
        money.filter(({ shortCents, goodwillCents }) => shortCents > goodwillCents),
      ),
      violation(
        'refunded orders with live tickets',
        orderRows.filter(({ status, tickets }) => status === 'REFUNDED' && tickets > 0),
      ),
      violation('payments whose reserved amount is not that of their refunds', reserved),
      violation('refunds on which the provider and we do not agree', refunds),
      violation('void tickets whose money is owed', owed),
      violation('live tickets of cancelled events', cancelled),
    );
  },
};

/** `balance`: what was captured and is neither in tickets nor given back. */
function balanceOf(orderId: string, money: MoneyRow | undefined, order: OrderRow | undefined) {
  const capturedCents = money?.capturedCents ?? 0;
  const refundedCents = money?.refundedCents ?? 0;
  const ticketCents = order?.ticketCents ?? 0;
  return { orderId, capturedCents, ticketCents, refundedCents, balance: capturedCents - ticketCents - refundedCents };
}
