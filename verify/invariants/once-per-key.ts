import { sql } from '../../platform/postgres/database.ts';
import type { Route } from '../journal/line.ts';
import { finding } from '../report.ts';
import { violating, violationsIn } from '../violating.ts';
import { needsJournal, type Check, type Evidence } from './check.ts';

/** Repeats of one request must all be told the same; a refusal is an answer, too. */
const ANSWERED_DIFFERENTLY = violating(
  'keys that were answered differently',
  'verify.keys_answered_differently',
  `select route, user_id as "userId", key as "idempotencyKey", array_to_json(array_agg(distinct coalesce(id, code))) as answers
   from told where not asked and key is not null
   group by route, user_id, key having count(distinct coalesce(id, code)) > 1`,
);
const KEYS = sql(
  'verify.keys_told',
  `select count(*)::integer as keys, coalesce(sum(answers - 1), 0)::integer as repeats from (
     select count(*) as answers from told where not asked and key is not null group by route, user_id, key) as told_of`,
);
/**
 * Without a key every request is one of its own; an answer without its question in the journal counts as one. A booking wants a
 * reservation, an order and a payment. One that was cut off before anybody was told of it is undone, and begins anew when it is asked
 * for again: of those who `book`, what was undone does not count, nor what ran out before anybody could undo it.
 */
const wanted = (
  route: Route,
): string => `(select user_id, count(distinct (route, key)) filter (where key is not null) + greatest(count(*) filter (where key is null and asked),
     count(distinct id) filter (where key is null)) as times, bool_or(route = 'booking') as books
     from told where route in ('${route}', 'booking') group by user_id) as wanted`;
const RESERVED_TOO_OFTEN = violating(
  'users with more reservations than they asked for',
  'verify.reserved_too_often',
  `select user_id as "userId", times::integer as asked, count(*)::integer as made, array_to_json(array_agg(reservation_id)) as ids
   from reservation join ${wanted('reserve')} using (user_id)
   where not (books and coalesce(end_reason in ('CANCELLED', 'EXPIRED'), false)) group by user_id, times having count(*) > times`,
);
const ORDERED_TOO_OFTEN = violating(
  'users with more orders than they asked for',
  'verify.ordered_too_often',
  `select user_id as "userId", times::integer as asked, count(*)::integer as made, array_to_json(array_agg(order_id)) as ids
   from orders join ${wanted('order')} using (user_id)
   where not (books and one_call and status in ('CANCELLED', 'EXPIRED')) group by user_id, times having count(*) > times`,
);
const CHARGED_TOO_OFTEN = violating(
  'users with more payments than they asked for',
  'verify.charged_too_often',
  `select user_id as "userId", times::integer as asked, count(*)::integer as made, array_to_json(array_agg(payment_id)) as ids
   from payment join ${wanted('charge')} using (user_id) where event_id is not null group by user_id, times having count(*) > times`,
);

export const oncePerKey: Check = {
  invariant: 7,
  promise: 'an Idempotency-Key never does a thing twice',
  check: async ({ told }: Evidence) => {
    if (told === null) return needsJournal;
    const counts: { keys: number; repeats: number }[] = [];
    for (const tx of Object.values(told)) counts.push(...(await tx.rows<{ keys: number; repeats: number }>(KEYS)));
    const sum = (of: 'keys' | 'repeats') => counts.reduce((total, one) => total + one[of], 0);
    return finding(
      `${sum('keys')} keys, ${sum('repeats')} answers to repeats`,
      await violationsIn(told.seating, [ANSWERED_DIFFERENTLY, RESERVED_TOO_OFTEN]),
      await violationsIn(told.orders, [ANSWERED_DIFFERENTLY, ORDERED_TOO_OFTEN]),
      await violationsIn(told.payments, [ANSWERED_DIFFERENTLY, CHARGED_TOO_OFTEN]),
    );
  },
};
