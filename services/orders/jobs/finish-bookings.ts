import type { Clock } from '../../../platform/clock.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import type { Job } from '../../../platform/lifecycle/service.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { BookingCharges } from '../bookings/charges.ts';
import { giveBack } from '../bookings/undo.ts';
import { takeDueBookings, type Booking } from '../store/bookings.ts';

const EVERY_MS = 1_000;
const BOOKINGS_AT_ONCE = 50;
/** One that could not be finished is looked at again after this. */
const AGAIN_MS = 10_000;

type Deps = {
  database: Database;
  services: ServiceClient;
  clock: Clock;
  charges: BookingCharges;
  onError: (error: unknown, orderId: string) => void;
};

/** No booking stands still whose request was cut off: what was accepted is charged, and what nobody was told of is undone. */
export function finishBookings(deps: Deps): Job {
  return {
    name: 'finish-bookings',
    everyMs: EVERY_MS,
    run: async () => {
      const { database, clock, charges } = deps;
      if (charges.full()) return;
      const now = clock.now();
      const due = await takeDueBookings(database, now, new Date(now.getTime() + AGAIN_MS), BOOKINGS_AT_ONCE);
      for (const booking of due) if (booking.state === 'ACCEPTED') charges.begin(booking);
      await Promise.all(due.filter(({ state }) => state === 'UNDOING').map((booking) => undo(deps, booking)));
    },
  };
}

async function undo({ database, services, onError }: Deps, booking: Booking): Promise<void> {
  try {
    await giveBack(database, services, booking);
  } catch (error) {
    onError(error, booking.orderId);
  }
}
