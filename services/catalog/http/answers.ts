import type { EventAnswer, Venue } from '../../../contracts/http/catalog.ts';
import type { EventRow } from '../store/events.ts';
import type { VenueRow } from '../store/venues.ts';

export function toVenue({ state, postalCode, ...venue }: VenueRow): Venue {
  return { ...venue, ...(state === null ? {} : { state }), ...(postalCode === null ? {} : { postalCode }) };
}

export function toEventAnswer(row: EventRow): EventAnswer {
  const { shownStatus, country: _country, startDate, endDate, onSaleAt, offSaleAt, ...event } = row;
  return {
    ...event,
    status: shownStatus,
    startDate: startDate.toISOString(),
    endDate: endDate.toISOString(),
    onSaleAt: onSaleAt.toISOString(),
    ...(offSaleAt === null ? {} : { offSaleAt: offSaleAt.toISOString() }),
  };
}
