import type { CreateEventBody, CreateVenueBody } from '../contracts/http/catalog.ts';
import type { BulkSeatsBody } from '../contracts/http/seating.ts';
import { localTime } from './local-time.ts';
import { theatreSections } from './theatre.ts';

type Section = BulkSeatsBody['sections'][number];
export type DemoSeats = { sections: Section[] } | { csv: URL };
export type DemoEvent = { venue: CreateVenueBody; event: Omit<CreateEventBody, 'venueId'> & { name: string }; seats: DemoSeats };

const NEW_YORK = { city: 'New York', state: 'NY', country: 'US', timezone: 'America/New_York' };

const GARDEN: CreateVenueBody = {
  ...NEW_YORK,
  name: 'Madison Square Garden',
  address: '4 Pennsylvania Plaza',
  postalCode: '10001',
  capacity: 20_000,
  venueType: 'ARENA',
  facilities: { wheelchairAccess: true, firstAid: true, parking: false, bars: 24 },
};

const LAB: CreateVenueBody = {
  ...NEW_YORK,
  name: 'The Lab',
  address: '1 Race Street',
  capacity: 1,
  venueType: 'OTHER',
  facilities: { wheelchairAccess: true },
};

const CLUB: CreateVenueBody = {
  name: 'Keller Nord',
  address: 'Uferstraße 8',
  city: 'Berlin',
  country: 'DE',
  postalCode: '13357',
  capacity: 1_300,
  venueType: 'OTHER',
  facilities: { cloakroom: true, bars: 3 },
  timezone: 'Europe/Berlin',
};

const THEATRE: CreateVenueBody = {
  name: 'Lantern Theatre',
  address: '22 Candle Lane',
  city: 'London',
  country: 'GB',
  postalCode: 'SE1 9QQ',
  capacity: 410,
  venueType: 'THEATER',
  facilities: { wheelchairAccess: true, hearingLoop: true, bars: 1 },
  timezone: 'Europe/London',
};

const HALL: CreateVenueBody = {
  name: 'Harbour Convention Center',
  address: '5 Pier Avenue',
  city: 'San Francisco',
  state: 'CA',
  country: 'US',
  postalCode: '94111',
  capacity: 1_500,
  venueType: 'CONVENTION_CENTER',
  facilities: { wheelchairAccess: true, parking: true, rooms: 12 },
  timezone: 'America/Los_Angeles',
};

function when(now: Date, { timezone }: CreateVenueBody, days: number, fromHour: number, toHour: number) {
  const time = (hour: number): string => localTime(now, days, hour, timezone).toISOString();
  return { startDate: time(fromHour), endDate: time(toHour) };
}

function places(section: string, capacity: number, priceCents: number): Section {
  return { section, kind: 'GENERAL_ADMISSION', capacity, priceCents };
}

/** What the demo sells, with dates relative to `now`. The large one comes last, so that the others can be tried meanwhile. */
export function demoProgramme(now: Date): DemoEvent[] {
  return [
    {
      venue: LAB,
      event: {
        name: 'One Seat Left',
        description: 'One seat, held for 30 seconds at most. Three people want it at the same moment: watch who gets it.',
        eventType: 'OTHER',
        ...when(now, LAB, 1, 20, 22),
        basePriceCents: 5_000,
        currency: 'USD',
        holdTtlSeconds: 30,
      },
      seats: { sections: [{ section: 'Stage', kind: 'SEATED', priceCents: 5_000, rows: [{ row: 'A', seats: 1, x: 0, y: 3 }] }] },
    },
    {
      venue: CLUB,
      event: {
        name: 'Club Night',
        description: 'Six hours, two floors. General admission: come early for the front.',
        eventType: 'CONCERT',
        ...when(now, CLUB, 9, 22, 28),
        basePriceCents: 1_000,
        currency: 'USD',
      },
      seats: {
        sections: [places('VIP', 100, 10_000), places('Front Row', 200, 5_000), places('General Admission', 1_000, 1_000)],
      },
    },
    {
      venue: THEATRE,
      event: {
        name: 'The Cherry Orchard',
        description: 'A comedy in four acts by Anton Chekhov.',
        eventType: 'THEATER',
        ...when(now, THEATRE, 16, 19.5, 22),
        basePriceCents: 3_500,
        currency: 'GBP',
      },
      seats: { sections: theatreSections() },
    },
    {
      venue: HALL,
      event: {
        name: 'Exactly Once Conference',
        description:
          'Distributed systems in two tracks, one day, and a workshop on what happens when the network does not answer.',
        eventType: 'CONFERENCE',
        ...when(now, HALL, 45, 9, 18),
        basePriceCents: 34_900,
        currency: 'USD',
      },
      seats: { sections: [places('Conference', 1_200, 34_900), places('Conference and Workshop', 120, 59_900)] },
    },
    {
      venue: GARDEN,
      event: {
        name: 'Rock Concert',
        description: 'The loudest evening of the year, with the stage at one end and 20,000 seats round it.',
        eventType: 'CONCERT',
        ...when(now, GARDEN, 30, 20, 23),
        basePriceCents: 6_500,
        currency: 'USD',
        maxTicketsPerUser: 8,
      },
      seats: { csv: new URL('./seat-plans/madison-square-garden.csv', import.meta.url) },
    },
  ];
}
