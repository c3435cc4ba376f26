import { sql, type Tx } from '../../platform/postgres/database.ts';
import { overEverything, type Session } from '../session.ts';
import type { Route } from './line.ts';
import { readJournal } from './read.ts';

const CREATE = sql(
  'verify.create_told',
  `create temporary table told (
     route text not null, user_id text collate "C" not null, key text collate "C", asked boolean not null,
     id text collate "C", code text, facts jsonb not null
   ) on commit drop`,
);
/** $1: an array of the journal's lines. Each says by its own name what was asked for, told, or refused. */
const INSERT = sql(
  'verify.insert_told',
  `insert into told
   select route, line ->> 'userId', line ->> 'idempotencyKey', line ? 'asked',
     case line ->> 'told' when 'reserve' then line ->> 'reservationId' when 'order' then line ->> 'orderId'
       when 'booking' then line ->> 'orderId' when 'charge' then line ->> 'paymentId' when 'refund' then line ->> 'refundId' end,
     line ->> 'code', line
   from jsonb_array_elements($1::jsonb) as line
   cross join lateral (select coalesce(line ->> 'asked', line ->> 'of', line ->> 'told') as route) as asked_for`,
);
const ANALYZE = sql('verify.analyze_told', 'analyze told');

/** Where what was told stands beside the rows that it tells of. */
type Place = 'seating' | 'orders' | 'payments';
export type Told = Readonly<Record<Place, Tx>>;

const PLACES = ['seating', 'orders', 'payments'] as const satisfies readonly Place[];
const PLACE_OF: Readonly<Record<Route, Place>> = {
  reserve: 'seating',
  order: 'orders',
  charge: 'payments',
  refund: 'payments',
  booking: 'orders',
};

/** Who asks for a booking asks for a reservation and a payment, too. */
function belongsTo(place: Place, { route, asked }: { route: Route; asked: boolean }): boolean {
  return PLACE_OF[route] === place || (route === 'booking' && asked);
}

/**
 * Puts the journal's lines beside the rows that they tell of, as a table `told` in each database, so that the databases compare
 * however many there are. The tables are gone afterwards.
 */
export function besideJournal<T>(
  { seating, orders, payments }: Readonly<Record<Place, Session>>,
  journal: string,
  work: (told: Told) => Promise<T>,
): Promise<T> {
  return overEverything(seating, (inSeating) =>
    overEverything(orders, (inOrders) =>
      overEverything(payments, async (inPayments) => {
        const told: Told = { seating: inSeating, orders: inOrders, payments: inPayments };
        const places = Object.values(told);
        for (const tx of places) await tx.run(CREATE);
        for await (const page of readJournal(journal)) {
          const inserts = PLACES.map(async (place) => {
            const lines = page.filter((line) => belongsTo(place, line));
            if (lines.length > 0) await told[place].run(INSERT, [`[${lines.map(({ text }) => text).join(',')}]`]);
          });
          await Promise.all(inserts);
        }
        for (const tx of places) await tx.run(ANALYZE);
        return work(told);
      }),
    ),
  );
}
