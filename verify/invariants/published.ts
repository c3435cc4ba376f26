import { sql } from '../../platform/postgres/database.ts';
import { compareMoney } from '../log/money.ts';
import { replayed } from '../log/replay.ts';
import { compareSeats } from '../log/seats.ts';
import { within } from '../session.ts';
import { finding } from '../report.ts';
import { violating, violationsIn } from '../violating.ts';
import { notSettled, type Check, type Evidence } from './check.ts';

const COUNT = sql('verify.logged_facts', 'select count(*)::integer as count from fact');
const TWICE = violating(
  'domain events that are on the log twice',
  'verify.logged_twice',
  `select id, min(type) as type, array_to_json(array_agg(log_offset::float8)) as offsets from fact group by id having count(*) > 1`,
);

export const published: Check = {
  invariant: 8,
  promise: 'a domain event is published if and only if its change was committed',
  check: async (evidence: Evidence) => {
    const { log, seating, busy } = evidence;
    if (log === null) return { verdict: 'not checked', why: 'the event log is not kept in PostgreSQL' };
    if (busy.length > 0) return notSettled(busy);
    return replayed(log, async (tx) => {
      const [facts] = await tx.rows<{ count: number }>(COUNT);
      const twice = await violationsIn(tx, [TWICE]);
      const replay = within(tx);
      const seats = await compareSeats(replay, seating);
      const money = await compareMoney(replay, evidence);
      return finding(
        `${facts?.count ?? 0} domain events against ${seats.seats} seats, ${money.orders} orders, ${money.payments} payments and refunds`,
        twice,
        seats.found,
        money.found,
      );
    });
  },
};
