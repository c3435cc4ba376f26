import { newId } from '../../../contracts/ids.ts';
import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import { newDomainEvent } from '../../../platform/outbox/new-domain-event.ts';
import { layoutOf } from '../domain/test-layouts.ts';
import { createEventFeed } from './event-feed.ts';
import { createEventView, type EventView } from './event-view.ts';
import { createPace } from './fan-out.ts';

const eventId = newId('event');
/** With so many, every state is kept. */
const FEW_SEATS = 50;
const time = new Date(0).toISOString();

/** A feed of one section, by hand: without a database or a buyer. */
export function feedOf(seats: number) {
  const rows = Array.from({ length: Math.ceil(seats / 1_000) }, (_, index) => ({
    row: `R${index}`,
    seats: Math.min(1_000, seats - index * 1_000),
  }));
  const layout = layoutOf([{ section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows }]);

  function viewAt(version: number, statuses: string): EventView {
    const rules = {
      ...{ eventId, organizerId: newId('user'), status: 'UPCOMING', currency: 'EUR', onSaleAt: new Date(0), offSaleAt: null },
      ...{ endDate: new Date(0), holdTtlSeconds: null, maxTicketsPerUser: 10 },
    };
    const sale = { rules, revision: 1, version, layoutVersion: 1, totalSeats: seats, availableSeats: seats };
    return createEventView({ sale, layout, statuses, places: [] });
  }

  const feed = createEventFeed(viewAt(1, 'A'.repeat(seats)), createPace());
  const letters = Array.from({ length: seats }, () => 'A');
  let version = 1;
  const past: string[] = [];
  past[version] = letters.join('');

  function change(letter: 'A' | 'B', seatIds: readonly number[]): DomainEvent {
    version++;
    for (const seatId of seatIds) letters[seatId - 1] = letter;
    if (seats <= FEW_SEATS) past[version] = letters.join('');
    const data = { eventId, version, versionComplete: true, totalSeats: seats, availableSeats: 0, seatIds: [...seatIds] };
    const type = letter === 'B' ? 'seat.blocked' : 'seat.unblocked';
    return newDomainEvent({ type, source: '/onsale/seating', subject: eventId, time, data });
  }

  return {
    feed,
    viewAt,
    /** Commits the next version; the feed has not heard of it. */
    change,
    commit: (letter: 'A' | 'B', ...seatIds: number[]) => feed.offer([change(letter, seatIds)]),
    /** What is true by now. */
    truth: () => letters.join(''),
    version: () => version,
    /** What was true at a version, of a feed with few seats. */
    truthAt: (then: number) => past[then] ?? '',
  };
}
