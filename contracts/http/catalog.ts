import { type Static, Type } from 'typebox';
import { idSchema } from '../ids.ts';
import { AmountCents, Currency } from '../money.ts';

const closed = { additionalProperties: false } as const;

export const VENUE_TYPES = ['STADIUM', 'THEATER', 'ARENA', 'CONVENTION_CENTER', 'OTHER'] as const;
export const EVENT_TYPES = ['CONCERT', 'SPORTS', 'THEATER', 'CONFERENCE', 'OTHER'] as const;
export const EVENT_STATUSES = ['DRAFT', 'UPCOMING', 'ONGOING', 'COMPLETED', 'CANCELLED'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** Tickets that one buyer may have of an event when its organizer does not say. */
export const DEFAULT_MAX_TICKETS_PER_USER = 10;
export const DEFAULT_CURRENCY = 'USD';

/** One line with something to read in it. */
const Line = (maxLength: number) =>
  Type.String({
    pattern: '^[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$',
    minLength: 1,
    maxLength,
    description: 'One line with something to read',
  });
const Time = Type.String({ format: 'date-time', description: 'RFC 3339' });
const Timezone = Type.String({ minLength: 1, maxLength: 64, description: 'IANA name, e.g. America/New_York' });
const VenueType = Type.Enum(VENUE_TYPES);
const EventType = Type.Enum(EVENT_TYPES);
const Status = Type.Enum(EVENT_STATUSES);
const HoldTtlSeconds = Type.Integer({ minimum: 1, maximum: 3_600 });
const MaxTicketsPerUser = Type.Integer({ minimum: 1, maximum: 1_000 });
const OrNull = <T extends ReturnType<typeof Type.Integer> | ReturnType<typeof Type.String>>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** What a venue offers, by name: `{"parking": true, "bars": 12, "access": "step-free"}`. */
const Facilities = Type.Record(
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,39}$' }),
  Type.Union([Type.Boolean(), Type.Number(), Type.String({ maxLength: 200 })]),
  { ...closed, maxProperties: 50 },
);

const venue = {
  name: Line(200),
  address: Line(300),
  city: Line(100),
  state: Type.Optional(Line(100)),
  country: Line(60),
  postalCode: Type.Optional(Line(20)),
  capacity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  venueType: VenueType,
  timezone: Timezone,
};

export const CreateVenueBody = Type.Object({ ...venue, facilities: Type.Optional(Facilities) }, closed);
export type CreateVenueBody = Static<typeof CreateVenueBody>;

export const UpdateVenueBody = Type.Object(
  {
    name: Type.Optional(venue.name),
    address: Type.Optional(venue.address),
    city: Type.Optional(venue.city),
    state: Type.Optional(OrNull(Line(100))),
    country: Type.Optional(venue.country),
    postalCode: Type.Optional(OrNull(Line(20))),
    capacity: Type.Optional(venue.capacity),
    venueType: Type.Optional(venue.venueType),
    timezone: Type.Optional(Timezone),
    facilities: Type.Optional(Facilities),
  },
  { ...closed, minProperties: 1, description: 'What is left out stays as it is; null takes state or postalCode away' },
);
export type UpdateVenueBody = Static<typeof UpdateVenueBody>;

export const Venue = Type.Object({ venueId: Type.String(), organizerId: Type.String(), ...venue, facilities: Facilities });
export type Venue = Static<typeof Venue>;

export const CreateEventBody = Type.Object(
  {
    venueId: idSchema('venue'),
    name: Line(200),
    description: Type.Optional(Type.String({ maxLength: 5_000 })),
    eventType: EventType,
    startDate: Time,
    endDate: Time,
    status: Type.Optional(
      Type.Union([Type.Literal('DRAFT'), Type.Literal('UPCOMING')], {
        description: 'UPCOMING unless told otherwise: buyers see it at once',
      }),
    ),
    currency: Type.Optional(Currency),
    basePriceCents: Type.Optional(AmountCents),
    onSaleAt: Type.Optional(Time),
    offSaleAt: Type.Optional(OrNull(Time)),
    timezone: Type.Optional(Timezone),
    holdTtlSeconds: Type.Optional(OrNull(HoldTtlSeconds)),
    maxTicketsPerUser: Type.Optional(MaxTicketsPerUser),
  },
  closed,
);
export type CreateEventBody = Static<typeof CreateEventBody>;

export const UpdateEventBody = Type.Object(
  {
    venueId: Type.Optional(idSchema('venue')),
    name: Type.Optional(Line(200)),
    description: Type.Optional(Type.String({ maxLength: 5_000 })),
    eventType: Type.Optional(EventType),
    startDate: Type.Optional(Time),
    endDate: Type.Optional(Time),
    status: Type.Optional(Status),
    basePriceCents: Type.Optional(AmountCents),
    onSaleAt: Type.Optional(Time),
    offSaleAt: Type.Optional(OrNull(Time)),
    timezone: Type.Optional(Timezone),
    holdTtlSeconds: Type.Optional(OrNull(HoldTtlSeconds)),
    maxTicketsPerUser: Type.Optional(MaxTicketsPerUser),
  },
  { ...closed, minProperties: 1, description: 'What is left out stays as it is; null takes offSaleAt or holdTtlSeconds away' },
);
export type UpdateEventBody = Static<typeof UpdateEventBody>;

/** `holdTtlSeconds` is null where the system's default applies. */
export const EventAnswer = Type.Object({
  eventId: Type.String(),
  venueId: Type.String(),
  venueName: Type.String(),
  city: Type.String(),
  name: Type.String(),
  description: Type.String(),
  eventType: EventType,
  startDate: Time,
  endDate: Time,
  status: Status,
  currency: Currency,
  basePriceCents: AmountCents,
  totalSeats: Type.Integer(),
  availableSeats: Type.Integer(),
  onSaleAt: Time,
  offSaleAt: Type.Optional(Time),
  timezone: Type.String(),
  organizerId: Type.String(),
  holdTtlSeconds: OrNull(Type.Integer()),
  maxTicketsPerUser: Type.Integer(),
  revision: Type.Integer({ description: 'Grows with every change' }),
});
export type EventAnswer = Static<typeof EventAnswer>;

const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
};
export const PageQuery = Type.Object(page, closed);
export type PageQuery = Static<typeof PageQuery>;

/** `-` turns an order round. Without one: coming events by their start, then past ones, the latest first. */
export const EVENT_SORTS = ['startDate', '-startDate', 'name', '-name', 'basePriceCents', '-basePriceCents'] as const;
export type EventSort = (typeof EVENT_SORTS)[number];

/** A moment, or a day, which begins at midnight UTC. */
const Moment = (description: string) =>
  Type.Union([Type.String({ format: 'date-time' }), Type.String({ format: 'date' })], { description });

export const SearchEventsQuery = Type.Object(
  {
    ...page,
    q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'In name, description, venue or city' })),
    city: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    eventType: Type.Optional(EventType),
    status: Type.Optional(Status),
    from: Type.Optional(Moment('Start at this time (RFC 3339) or day (YYYY-MM-DD), or later')),
    to: Type.Optional(Moment('Start before this time or day')),
    sort: Type.Optional(Type.Enum(EVENT_SORTS)),
  },
  closed,
);
export type SearchEventsQuery = Static<typeof SearchEventsQuery>;

const NextCursor = Type.Union([Type.String(), Type.Null()]);
export const VenueList = Type.Object({ items: Type.Array(Venue), nextCursor: NextCursor });
export type VenueList = Static<typeof VenueList>;
export const EventList = Type.Object({ items: Type.Array(EventAnswer), nextCursor: NextCursor });
export type EventList = Static<typeof EventList>;
export const EventSearchAnswer = Type.Object({
  items: Type.Array(EventAnswer),
  nextCursor: NextCursor,
  totalCount: Type.Integer(),
  filtersApplied: Type.Record(Type.String(), Type.String()),
});
export type EventSearchAnswer = Static<typeof EventSearchAnswer>;
