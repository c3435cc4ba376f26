import { sql, type Statement } from '../../platform/postgres/database.ts';
import type { OpenDatabase } from '../../platform/postgres/pool.ts';
import type { Route } from '../journal/line.ts';
import { besideJournal } from '../journal/told.ts';
import { finding, violation } from '../report.ts';
import { needsJournal, type Check, type Evidence, type Row } from './check.ts';

/** Repeats of one request must all be told the same; a refusal is an answer, too. */
const ANSWERED_DIFFERENTLY = sql(
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
/** Without a key every request is one of its own; an answer without its question in the journal counts as one. */
const WANTED = `(select user_id, count(distinct key) + greatest(count(*) filter (where key is null and asked),
     count(distinct id) filter (where key is null)) as times from told where route = $1 group by user_id) as wanted`;
const RESERVED_TOO_OFTEN = sql(
  'verify.reserved_too_often',
  `select user_id as "userId", times::integer as asked, count(*)::integer as made, array_to_json(array_agg(reservation_id)) as ids
   from reservation join ${WANTED} using (user_id) group by user_id, times having count(*) > times`,
);
const ORDERED_TOO_OFTEN = sql(
  'verify.ordered_too_often',
  `select user_id as "userId", times::integer as asked, count(*)::integer as made, array_to_json(array_agg(order_id)) as ids
   from orders join ${WANTED} using (user_id) group by user_id, times having count(*) > times`,
);
const CHARGED_TOO_OFTEN = sql(
  'verify.charged_too_often',
  `select user_id as "userId", times::integer as asked, count(*)::integer as made, array_to_json(array_agg(payment_id)) as ids
   from payment join ${WANTED} using (user_id) where event_id is not null group by user_id, times having count(*) > times`,
);

export const oncePerKey: Check = {
  invariant: 7,
  promise: 'an Idempotency-Key never does a thing twice',
  check: async ({ seating, orders, payments, journal }: Evidence) => {
    if (journal === null) return needsJournal;
    const reserve = await look(seating, journal, ['reserve'], RESERVED_TOO_OFTEN, 'reserve');
    const order = await look(orders, journal, ['order'], ORDERED_TOO_OFTEN, 'order');
    const money = await look(payments, journal, ['charge', 'refund'], CHARGED_TOO_OFTEN, 'charge');
    const all = [reserve, order, money];
    const sum = (of: 'keys' | 'repeats') => all.reduce((total, one) => total + one[of], 0);
    return finding(
      `${sum('keys')} keys, ${sum('repeats')} answers to repeats`,
      violation(
        'keys that were answered differently',
        all.flatMap(({ differently }) => differently),
      ),
      violation('users with more reservations than they asked for', reserve.tooOften),
      violation('users with more orders than they asked for', order.tooOften),
      violation('users with more payments than they asked for', money.tooOften),
    );
  },
};

function look(database: OpenDatabase, journal: string, routes: Route[], tooOften: Statement, route: Route) {
  return besideJournal(database, journal, routes, async (tx) => {
    const [[counts], differently, often] = await Promise.all([
      tx.rows<{ keys: number; repeats: number }>(KEYS),
      tx.rows<Row>(ANSWERED_DIFFERENTLY),
      tx.rows<Row>(tooOften, [route]),
    ]);
    return { keys: counts?.keys ?? 0, repeats: counts?.repeats ?? 0, differently, tooOften: often };
  });
}
