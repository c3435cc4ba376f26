import { sql, type Database } from '../../../platform/postgres/database.ts';
import { testDatabase } from '../../../test/support/postgres.ts';
import type { Refusal, Success } from '../domain/decide.ts';
import type { ReservationState } from '../domain/sale.ts';
import { MIGRATIONS } from '../test-sale.ts';

/** A database of seating, to look into, with a clock that tests move. */
export async function seatingDatabase() {
  const { database, drop } = await testDatabase(MIGRATIONS);
  const first = async <Row>(name: string, text: string, id: string): Promise<Row | undefined> =>
    (await database.rows<Row>(sql(`test.${name}`, text), [id]))[0];
  return {
    database,
    drop,
    shiftClock: (seconds: number) => shiftClock(database, seconds),
    /** A letter a seat. */
    statuses: async (eventId: string): Promise<string> => {
      const text = `select string_agg(status::text, '' order by seat_id) as all from seat_state where event_id = $1`;
      return (await first<{ all: string }>('statuses', text, eventId))?.all ?? '';
    },
    placesOf: (eventId: string): Promise<unknown> =>
      first('places', 'select capacity, reserved, allocated from place_state where event_id = $1', eventId),
    available: async (eventId: string): Promise<number | undefined> => {
      const text = 'select available_seats as available from event_sale where event_id = $1';
      return (await first<{ available: number }>('available', text, eventId))?.available;
    },
    reservationRow: (reservationId: string): Promise<unknown> =>
      first('reservation', 'select * from reservation where reservation_id = $1', reservationId),
  };
}

/** From now on the database judges expiry by a clock that is so many seconds ahead. */
export async function shiftClock(database: Database, seconds: number): Promise<void> {
  const text = `create or replace function seating_now() returns timestamptz language sql volatile as
    'select clock_timestamp() + interval ''${seconds} seconds'''`;
  await database.run(sql(`test.shift_clock_${seconds}`, text));
}

export function reservationOf(answer: Success | Refusal): ReservationState {
  if (!answer.ok || answer.type !== 'reservation') throw new Error(JSON.stringify(answer));
  return answer.reservation;
}
