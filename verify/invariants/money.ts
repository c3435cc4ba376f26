import { sql } from '../../platform/postgres/database.ts';
import { compare } from '../compare.ts';
import { IS_REFUSED } from '../refused-tickets.ts';
import { finding, findings, withOwed, type Finding } from '../report.ts';
import { overEverything } from '../session.ts';
import { violating, violationsIn } from '../violating.ts';
import { notSettled, type Check, type Evidence } from './check.ts';

/** Money for orders that could not be had, which the provider refused to give back each time it was asked. */
const REFUSED_LATE = `
  select payment_id, max(value_cents) as value, max(amount_cents) as cents, max(failure_reason) as reason
  from refund where kind = 'LATE_PAYMENT' group by payment_id having bool_and(status = 'FAILED')`;
/**
 * What was captured, and the value of what was refunded or is owed, by order. Goodwill is booked apart: its tickets stay. What was given as
 * goodwill is not given again with the tickets, so less than their value may have gone back, by that much at most.
 */
const MONEY_OF_ORDERS = `
  select order_id as "orderId", sum(amount_cents)::float8 as "capturedCents", count(*)::integer as captures,
    coalesce(sum(refunded.value), 0)::float8 as "refundedCents", coalesce(sum(refunded.short), 0)::float8 as "shortCents",
    coalesce(sum(refunded.goodwill), 0)::float8 as "goodwillCents", coalesce(sum(refused.value), 0)::float8 as "owedCents"
  from payment left join (
    select payment_id, sum(value_cents) filter (where kind <> 'GOODWILL') as value,
      sum(value_cents - amount_cents) filter (where kind <> 'GOODWILL') as short,
      sum(amount_cents) filter (where kind = 'GOODWILL') as goodwill
    from refund where status <> 'FAILED' group by payment_id
  ) as refunded using (payment_id) left join (${REFUSED_LATE}) as refused using (payment_id)
  where status in ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED') group by order_id`;
const REFUNDED_TOO_MUCH = violating(
  'payments with more given back than was captured',
  'verify.refunded_too_much',
  `select payment_id as "paymentId", order_id as "orderId", amount_cents as "amountCents", refunded.cents as "refundedCents"
   from payment join (select payment_id, sum(amount_cents)::float8 as cents from refund where status <> 'FAILED' group by payment_id) as refunded
     using (payment_id)
   where refunded.cents > amount_cents`,
);
/** A reserved amount that no refund stands for could never be given back; one that is missing could be given twice. */
const RESERVED_DIFFERS = violating(
  'payments whose reserved amount is not that of their refunds',
  'verify.reserved_refunds',
  `select payment_id as "paymentId", order_id as "orderId", refunded_cents as "reservedCents", coalesce(refunded.cents, 0)::float8 as "refundCents"
   from payment left join (select payment_id, sum(amount_cents) as cents from refund where status <> 'FAILED' group by payment_id) as refunded
     using (payment_id)
   where refunded_cents <> coalesce(refunded.cents, 0)`,
);
const REFUNDS_DIFFER = violating(
  'refunds on which the provider and we do not agree',
  'verify.provider_refunds',
  `select coalesce(refund_id, provider_key) as "refundId", refund.payment_id as "paymentId", refund.status,
     refund.amount_cents as "amountCents", simulator_refund.amount_cents as "atProviderCents"
   from (select * from refund where amount_cents > 0) as refund full join simulator_refund on refund_id = provider_key
   where coalesce(refund.status = 'SUCCESS', false) <> (provider_key is not null)
     or refund.amount_cents <> simulator_refund.amount_cents or refund.payment_id <> charge_key`,
);
/** The simulated provider's own books against ours. */
const BOOKS_DIFFER = violating(
  'charges on which the provider and we do not agree',
  'verify.provider_books',
  `select provider_key as "paymentId", order_reference as "orderId", simulator_charge.amount_cents as "atProviderCents",
     payment.status, payment.amount_cents as "amountCents"
   from simulator_charge left join payment on payment_id = provider_key
   where (state = 'CAPTURED') <> coalesce(payment.status in ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED'), false)
     or (state = 'CAPTURED' and simulator_charge.amount_cents <> payment.amount_cents)`,
);
const CAPTURED_TWICE = violating(
  'orders captured more than once at the provider',
  'verify.captured_twice_at_provider',
  `select order_reference as "orderId", array_to_json(array_agg(provider_key)) as "paymentIds"
   from simulator_charge where state = 'CAPTURED' group by order_reference having count(*) > 1`,
);
const CAPTURED_AGAIN = violating(
  'orders captured more than once',
  'verify.captured_again',
  `select * from (${MONEY_OF_ORDERS}) as money where captures > 1`,
);
const REFUNDED_SHORT = violating(
  'orders refunded for less than their tickets by more than the goodwill given',
  'verify.refunded_short',
  `select * from (${MONEY_OF_ORDERS}) as money where "shortCents" > "goodwillCents"`,
);
const ORDERS_WITH_TICKETS = `
  select order_id as "orderId", status, coalesce(live.cents, 0)::float8 as "ticketCents", coalesce(live.tickets, 0)::integer as tickets,
    jsonb_array_length(items) as items, coalesce(live.owed, 0)::integer as "owedTickets"
  from orders left join (
    select order_id, sum(value_cents) filter (where status <> 'REVOKED') as cents, count(*) filter (where status <> 'REVOKED') as tickets,
      count(*) filter (where ${IS_REFUSED}) as owed
    from ticket group by order_id
  ) as live using (order_id)`;
const CONFIRMED_WITHOUT = violating(
  'confirmed orders without all their tickets',
  'verify.confirmed_without_tickets',
  `select * from (${ORDERS_WITH_TICKETS}) as valued where status = 'CONFIRMED' and tickets + "owedTickets" <> items`,
);
const REFUNDED_WITH = violating(
  'refunded orders with live tickets',
  'verify.refunded_with_tickets',
  `select * from (${ORDERS_WITH_TICKETS}) as valued where status = 'REFUNDED' and tickets > 0`,
);
/** Void though their money is not on its way; and good though there is nothing to go to. */
const VOID_WITHOUT_REFUND = violating(
  'void tickets without a refund',
  'verify.void_without_refund',
  `select order_id as "orderId", ticket_id as "ticketId", value_cents as "valueCents" from ticket
   where status = 'REVOKED' and refund_id is null and value_cents > 0 and not (${IS_REFUSED})`,
);
const TICKETS_OF_CANCELLED = violating(
  'live tickets of cancelled events',
  'verify.tickets_of_cancelled_events',
  `select event_id as "eventId", order_id as "orderId", ticket_id as "ticketId", ticket.status
   from ticket join cancelled_event using (event_id) where ticket.status <> 'REVOKED'`,
);

const IN_PAYMENTS = [
  CAPTURED_AGAIN,
  CAPTURED_TWICE,
  REFUNDED_TOO_MUCH,
  BOOKS_DIFFER,
  REFUNDED_SHORT,
  RESERVED_DIFFERS,
  REFUNDS_DIFFER,
];
const IN_ORDERS = [CONFIRMED_WITHOUT, REFUNDED_WITH, VOID_WITHOUT_REFUND, TICKETS_OF_CANCELLED];

const OWED_PAYMENTS = violating(
  'late payments that the provider refused to give back',
  'verify.owed_payments',
  `select payment_id as "paymentId", order_id as "orderId", cents as "owedCents", reason as "failureReason"
   from payment join (${REFUSED_LATE}) as refused using (payment_id)`,
);
const OWED_TICKETS = violating(
  'void tickets of cancelled events whose money the provider refused to give back',
  'verify.owed_tickets',
  `select order_id as "orderId", ticket_id as "ticketId", value_cents as "valueCents" from ticket where ${IS_REFUSED}`,
);

const MONEY = sql('verify.money_of_orders', MONEY_OF_ORDERS);
/** `balance`: what was captured and is neither in tickets, nor given back, nor owed because the provider refused to. */
const UNBALANCED = sql(
  'verify.unbalanced_orders',
  `select "orderId", "capturedCents", "ticketCents", "refundedCents", "owedCents" + "owedTicketCents" as "owedCents", balance
   from json_to_recordset($1::json) as money ("orderId" text, "capturedCents" float8, "refundedCents" float8, "owedCents" float8)
   cross join lateral (
     select coalesce(sum(value_cents) filter (where status <> 'REVOKED'), 0)::float8 as "ticketCents",
       coalesce(sum(value_cents) filter (where ${IS_REFUSED}), 0)::float8 as "owedTicketCents"
     from ticket where order_id = "orderId"
   ) as live
   cross join lateral (select "capturedCents" - "ticketCents" - "refundedCents" - "owedCents" - "owedTicketCents" as balance) as left_over
   where balance <> 0`,
);
const TICKETED = sql(
  'verify.value_of_tickets',
  `select order_id as "orderId", sum(value_cents)::float8 as "ticketCents" from ticket where status <> 'REVOKED' group by order_id`,
);
const NOT_PAID = sql(
  'verify.tickets_not_paid',
  `select * from json_to_recordset($1::json) as ticketed ("orderId" text, "ticketCents" float8)
   where "ticketCents" > 0 and not exists (
     select from payment where order_id = "orderId" and status in ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED'))`,
);

export const moneyAddsUp: Check = {
  invariant: 3,
  promise: 'money captured = value of live tickets + refunds, per order; no order is captured twice',
  check: async ({ orders, payments, busy }: Evidence): Promise<Finding> => {
    if (busy.length > 0) return notSettled(busy);
    const neither = findings('paid orders with neither tickets nor their money back');
    const less = findings('orders whose tickets and refunds are worth less than was captured');
    const more = findings('orders whose tickets and refunds are worth more than was captured');
    const paid = await compare({ in: payments, all: MONEY }, { in: orders, differing: UNBALANCED }, (...rows) => {
      for (const row of rows) {
        if (Number(row['balance']) < 0) more.add(row);
        else (row['ticketCents'] === 0 ? neither : less).add(row);
      }
    });
    const ticketed = await compare({ in: orders, all: TICKETED }, { in: payments, differing: NOT_PAID }, more.add);
    const found = finding(
      `${paid} paid orders, ${ticketed} with tickets`,
      neither.found(),
      less.found(),
      more.found(),
      await overEverything(payments, (tx) => violationsIn(tx, IN_PAYMENTS)),
      await overEverything(orders, (tx) => violationsIn(tx, IN_ORDERS)),
    );
    return withOwed(found, [
      ...(await overEverything(payments, (tx) => violationsIn(tx, [OWED_PAYMENTS]))),
      ...(await overEverything(orders, (tx) => violationsIn(tx, [OWED_TICKETS]))),
    ]);
  },
};
