import { readFile } from 'node:fs/promises';
import type { CreateEventBody, CreateVenueBody, UpdateEventBody } from '../contracts/http/catalog.ts';
import type { BulkSeatsBody } from '../contracts/http/seating.ts';
import { localTime } from './local-time.ts';
import { toCsv } from './seat-plans/bowl.ts';
import { stadiumSeats } from './seat-plans/stadium.ts';
import { theatreSections } from './theatre.ts';
import { CLUB, GARDEN, HALL, LAB, PARK, STADIUM, THEATRE } from './venues.ts';

type Section = BulkSeatsBody['sections'][number];
export type DemoSeats = { sections: Section[] } | { csv: () => Promise<string> };
export type DemoEvent = {
  venue: CreateVenueBody;
  event: Omit<CreateEventBody, 'venueId'> & { name: string };
  seats: DemoSeats;
  /** So many tickets are bought by the demo's buyers, through the API as anybody does. */
  sold?: number;
  /** What its organizer changes after that. So events that are over have real orders: they were on sale, then moved into the past. */
  change?: UpdateEventBody;
};

function when(now: Date, { timezone }: CreateVenueBody, days: number, fromHour: number, toHour: number) {
  const time = (hour: number): string => localTime(now, days, hour, timezone).toISOString();
  return { startDate: time(fromHour), endDate: time(toHour) };
}

function places(section: string, capacity: number, priceCents: number): Section {
  return { section, kind: 'GENERAL_ADMISSION', capacity, priceCents };
}

/** What the demo sells, with dates relative to `now`. The large ones come last, so that the others can be tried meanwhile. */
export function demoProgramme(now: Date): DemoEvent[] {
  return [...onSale(now), ...otherStates(now), ...large(now)];
}

function onSale(now: Date): DemoEvent[] {
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
  ];
}

function large(now: Date): DemoEvent[] {
  return [
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
      seats: { csv: () => readFile(new URL('./seat-plans/madison-square-garden.csv', import.meta.url), 'utf8') },
    },
    {
      venue: STADIUM,
      event: {
        name: 'Champions Final',
        description: 'Ninety minutes, two clubs, 90,000 seats.',
        eventType: 'SPORTS',
        ...when(now, STADIUM, 60, 20, 23),
        basePriceCents: 5_000,
        currency: 'GBP',
        maxTicketsPerUser: 4,
      },
      seats: { csv: () => Promise.resolve(toCsv(stadiumSeats())) },
    },
  ];
}

/** An event of every other kind: sold out, not yet open, closed, under way, over, cancelled, a draft. */
function otherStates(now: Date): DemoEvent[] {
  return [
    {
      venue: THEATRE,
      event: {
        name: 'Chamber Music by Candlelight',
        description: 'Schubert and Ravel for forty-eight listeners. Sold out.',
        eventType: 'CONCERT',
        ...when(now, THEATRE, 5, 19, 21),
        basePriceCents: 4_200,
        currency: 'GBP',
        maxTicketsPerUser: 20,
      },
      seats: { sections: [seated('Salon', 6, 8, 4_200)] },
      sold: 48,
    },
    {
      venue: PARK,
      event: {
        name: 'Lantern Festival',
        description: 'Boats, lights and an orchestra on the river. The sale opens in three days.',
        eventType: 'OTHER',
        ...when(now, PARK, 75, 18, 24),
        onSaleAt: localTime(now, 3, 10, PARK.timezone).toISOString(),
        basePriceCents: 2_500,
        currency: 'EUR',
      },
      seats: { sections: [places('Meadow', 3_000, 2_500), places('Riverbank', 500, 6_000)] },
    },
    {
      venue: CLUB,
      event: {
        name: 'Members’ Night',
        description: 'The sale is over; the night is still to come.',
        eventType: 'CONCERT',
        ...when(now, CLUB, 2, 22, 28),
        onSaleAt: localTime(now, -30, 10, CLUB.timezone).toISOString(),
        basePriceCents: 1_500,
        currency: 'EUR',
      },
      seats: { sections: [places('Floor', 300, 1_500)] },
      sold: 4,
      change: { offSaleAt: now.toISOString() },
    },
    {
      venue: HALL,
      event: {
        name: 'Makers’ Fair',
        description: 'Open now: come in, tickets at the door and here.',
        eventType: 'OTHER',
        startDate: new Date(now.getTime() - 2 * HOUR_MS).toISOString(),
        endDate: new Date(now.getTime() + 8 * HOUR_MS).toISOString(),
        basePriceCents: 1_200,
        currency: 'USD',
      },
      seats: { sections: [places('Day ticket', 1_500, 1_200)] },
    },
    {
      venue: THEATRE,
      event: {
        name: 'Three Sisters',
        description: 'A drama in four acts by Anton Chekhov. Its last night has been.',
        eventType: 'THEATER',
        ...when(now, THEATRE, 1, 19.5, 22),
        basePriceCents: 3_500,
        currency: 'GBP',
      },
      seats: { sections: theatreSections() },
      sold: 10,
      change: over(now, THEATRE, -20, 19.5, 22),
    },
    {
      venue: CLUB,
      event: {
        name: 'Jazz Brunch',
        description: 'Coffee, brass and pancakes. It was full of people.',
        eventType: 'CONCERT',
        ...when(now, CLUB, 1, 11, 15),
        basePriceCents: 2_900,
        currency: 'EUR',
      },
      seats: { sections: [places('Tables', 24, 2_900)] },
      sold: 24,
      change: over(now, CLUB, -48, 11, 15),
    },
    {
      venue: PARK,
      event: {
        name: 'Open Air Opera',
        description: 'Carmen under the stars. Cancelled: the river rose.',
        eventType: 'CONCERT',
        ...when(now, PARK, 12, 20, 23),
        basePriceCents: 5_500,
        currency: 'EUR',
      },
      seats: { sections: [places('Lawn', 2_000, 5_500)] },
      sold: 6,
      change: { status: 'CANCELLED' },
    },
    {
      venue: PARK,
      event: {
        name: 'Surprise Guest',
        description: 'Only its organizer sees this yet.',
        eventType: 'CONCERT',
        ...when(now, PARK, 90, 20, 23),
        status: 'DRAFT',
        basePriceCents: 4_000,
        currency: 'EUR',
      },
      seats: { sections: [places('Lawn', 1_000, 4_000)] },
    },
  ];
}

const HOUR_MS = 3_600_000;

function seated(section: string, rows: number, seats: number, priceCents: number): Section {
  const row = (i: number) => ({ row: String.fromCharCode(65 + i), seats, x: 0, y: 4 + 1.6 * i, curve: 1 });
  return { section, kind: 'SEATED', priceCents, rows: Array.from({ length: rows }, (_, i) => row(i)) };
}

/** The dates of an event that is over, and of its sale. */
function over(now: Date, venue: CreateVenueBody, days: number, fromHour: number, toHour: number): UpdateEventBody {
  const opened = localTime(now, days - 40, 10, venue.timezone).toISOString();
  return { ...when(now, venue, days, fromHour, toHour), onSaleAt: opened };
}
