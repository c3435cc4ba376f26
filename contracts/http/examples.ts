import type * as Bookings from './bookings.ts';
import type * as Catalog from './catalog.ts';
import type * as Orders from './orders.ts';
import type * as Payments from './payments.ts';
import type * as Seating from './seating.ts';
import type * as Users from './users.ts';
import { EXAMPLE_IDS as ID } from './example-ids.ts';

/** What one might send to a route, and what one might be answered. A test holds each against its schema. */
export type RouteExamples = { body?: unknown; csv?: string; answer?: unknown };

const { userId, organizerId, venueId, eventId, reservationId, orderId, paymentId, ticketId, refundId, sessionId } = ID;
const NOON = '2031-05-02T12:00:00.000Z';
const HOLD_ENDS = '2031-05-02T12:15:00.000Z';
const DOORS = '2031-06-14T18:00:00.000Z';
const CURTAIN = '2031-06-14T21:30:00.000Z';

const names = { firstName: 'Ada', lastName: 'Lovelace' };
const user: Users.User = {
  userId,
  username: 'ada',
  email: 'ada@example.org',
  ...names,
  roles: ['customer'],
  membership: 'REGULAR',
  accountStatus: 'ACTIVE',
  createdAt: NOON,
};
const profile: Users.UserProfile = { ...user, phoneNumber: '+12125550123', emailVerified: true };
const session: Users.UserSession = {
  sessionId,
  current: true,
  userAgent: 'curl/8.14.1',
  createdAt: NOON,
  lastUsedAt: NOON,
  expiresAt: '2031-06-01T12:00:00.000Z',
};
const login: Users.LoginAnswer = {
  accessToken: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl',
  refreshToken: 'cmVmcmVzaC10b2tlbg',
  tokenType: 'Bearer',
  expiresIn: 900,
  sessionId,
  user,
};

const venueBody: Catalog.CreateVenueBody = {
  name: 'Harbour Arena',
  address: '1 Pier Road',
  city: 'New York',
  state: 'NY',
  country: 'US',
  capacity: 20_000,
  venueType: 'ARENA',
  timezone: 'America/New_York',
  facilities: { parking: true, bars: 12 },
};
const venue: Catalog.Venue = { facilities: {}, ...venueBody, venueId, organizerId };
const eventBody: Catalog.CreateEventBody = {
  venueId,
  name: 'Rock Night',
  description: 'Doors open an hour before.',
  eventType: 'CONCERT',
  startDate: DOORS,
  endDate: CURTAIN,
  currency: 'USD',
  basePriceCents: 8_000,
  maxTicketsPerUser: 8,
};
const event: Catalog.EventAnswer = {
  eventId,
  venueId,
  venueName: venueBody.name,
  city: venueBody.city,
  name: 'Rock Night',
  description: 'Doors open an hour before.',
  eventType: 'CONCERT',
  startDate: DOORS,
  endDate: CURTAIN,
  status: 'UPCOMING',
  currency: 'USD',
  basePriceCents: 8_000,
  totalSeats: 220,
  availableSeats: 218,
  onSaleAt: NOON,
  timezone: venueBody.timezone,
  organizerId,
  holdTtlSeconds: null,
  maxTicketsPerUser: 8,
  revision: 1,
};

const seat = { seatId: 1, section: 'VIP', row: 'A', number: 1, seatCode: 'VIP-A-1', priceCents: 15_000 };
const reservation: Seating.Reservation = {
  reservationId,
  eventId,
  userId,
  seats: [seat, { ...seat, seatId: 2, number: 2, seatCode: 'VIP-A-2' }],
  places: [],
  totalCents: 30_000,
  currency: 'USD',
  status: 'RESERVED',
  expiresAt: HOLD_ENDS,
  ttlSeconds: 900,
};
const released: Seating.Reservation = { ...reservation, status: 'RELEASED' };
const sections = [
  { section: 'VIP', kind: 'SEATED' as const, priceCents: 15_000, totalSeats: 20 },
  { section: 'Floor', kind: 'GENERAL_ADMISSION' as const, priceCents: 4_000, totalSeats: 200 },
];
const plan: Seating.BulkSeatsBody = {
  eventId,
  sections: [
    { section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 20 }] },
    { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 200 },
  ],
};
const availability: Seating.Availability = {
  eventId,
  version: 2,
  totalSeats: 220,
  availableSeats: 218,
  reservedSeats: 2,
  allocatedSeats: 0,
  blockedSeats: 0,
  seatsBySection: sections.map((section, i) => ({ ...section, availableSeats: section.totalSeats - (i === 0 ? 2 : 0) })),
};
const map: Seating.SeatMap = {
  eventId,
  layoutVersion: 1,
  sections: [{ section: 'VIP', kind: 'SEATED', priceCents: 15_000, totalSeats: 2 }],
  seats: {
    section: ['VIP', 'VIP'],
    row: ['A', 'A'],
    number: [1, 2],
    priceCents: [15_000, 15_000],
    x: [0, 1],
    y: [0, 0],
  },
};

const order: Orders.Order = {
  orderId,
  status: 'CONFIRMED',
  userId,
  eventId,
  reservationId,
  items: reservation.seats.map(({ seatId, seatCode, section, priceCents }) => ({ seatId, seatCode, section, priceCents })),
  subtotalCents: 30_000,
  feeCents: 0,
  taxCents: 0,
  totalCents: 30_000,
  currency: 'USD',
  paymentId,
  confirmationNumber: 'K7Q-2M9-XTA',
  expiresAt: HOLD_ENDS,
  createdAt: NOON,
  updatedAt: NOON,
};
const { paymentId: _paid, confirmationNumber: _number, ...unpaid } = order;
const pending: Orders.Order = { ...unpaid, status: 'PENDING' };
const ticket: Orders.Ticket = {
  ticketId,
  ticketCode: 'H4TW-9PXC-2MKD',
  orderId,
  eventId,
  section: 'VIP',
  seatId: 1,
  seatCode: 'VIP-A-1',
  qrPayload: 'OT1.example',
  status: 'VALID',
  issuedAt: NOON,
};
const bookingBody: Bookings.BookingBody = {
  eventId,
  bestAvailable: { quantity: 2 },
  paymentMethod: 'CREDIT_CARD',
  paymentToken: 'tok_success',
  expectedTotalCents: 30_000,
};
const booking: Bookings.BookingAnswer = { orderId, status: 'CONFIRMED', statusUrl: `/v1/orders/${orderId}` };
const chargeBody: Payments.ChargeBody = {
  orderId,
  amountCents: 30_000,
  currency: 'USD',
  paymentMethod: 'CREDIT_CARD',
  paymentToken: 'tok_success',
};
const charge: Payments.ChargeAnswer = {
  paymentId,
  orderId,
  amountCents: 30_000,
  currency: 'USD',
  status: 'SUCCESS',
  paymentMethod: 'CREDIT_CARD',
  transactionId: 'sim_ch_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e08',
  idempotencyKey: 'a-new-one-for-every-purchase',
  createdAt: NOON,
};
const refund: Payments.Refund = {
  refundId,
  paymentId,
  orderId,
  kind: 'TICKETS',
  ticketIds: [ticketId],
  amountCents: 15_000,
  currency: 'USD',
  reason: 'The buyer is ill',
  status: 'SUCCESS',
  createdAt: NOON,
  refundedAt: NOON,
};
const refundBody: Payments.RefundBody = { paymentId, ticketIds: [ticketId], reason: refund.reason };
const payment: Payments.Payment = { ...charge, refundedCents: 0, refunds: [], updatedAt: NOON };

const listOf = (item: unknown): unknown => ({ items: [item], nextCursor: null });
const password = 'correct horse';

export const EXAMPLES: Record<string, RouteExamples> = {
  'post /v1/users/register': { body: { username: 'ada', email: user.email, password, ...names }, answer: user },
  'post /v1/users/login': { body: { username: 'ada', password }, answer: login },
  'post /v1/users/refresh': { body: { refreshToken: login.refreshToken }, answer: login },
  'get /v1/users/me/sessions': { answer: listOf(session) },
  'get /v1/users/me': { answer: profile },
  'get /v1/users/{userId}': { answer: profile },
  'put /v1/users/{userId}': { body: { phoneNumber: profile.phoneNumber }, answer: profile },
  'get /v1/users': { answer: listOf(profile) },
  'get /v1/users/search': { answer: listOf(profile) },
  'put /v1/users/{userId}/status': { body: { accountStatus: 'ACTIVE' }, answer: profile },
  'put /v1/users/{userId}/roles': { body: { roles: ['customer'] }, answer: profile },
  'post /v1/users/password/forgot': { body: { email: user.email }, answer: { status: 'ACCEPTED' } },
  'post /v1/users/password/reset': { body: { token: 'dG9rZW4tb2YtdGhlLWUtbWFpbA', password } },
  'post /v1/users/email/verify': { body: { token: 'dG9rZW4tb2YtdGhlLWUtbWFpbA' }, answer: { status: 'ACCEPTED' } },
  'get /v1/venues': { answer: listOf(venue) },
  'post /v1/venues': { body: venueBody, answer: venue },
  'get /v1/venues/{venueId}': { answer: venue },
  'put /v1/venues/{venueId}': { body: { capacity: 20_000 }, answer: venue },
  'get /v1/events': { answer: listOf(event) },
  'post /v1/events': { body: eventBody, answer: event },
  'get /v1/events/search': {
    answer: { items: [event], nextCursor: null, totalCount: 1, filtersApplied: { q: 'rock', city: 'New York' } },
  },
  'get /v1/events/{eventId}': { answer: event },
  'put /v1/events/{eventId}': { body: { name: event.name }, answer: event },
  'post /v1/seats/reserve': { body: { eventId, bestAvailable: { quantity: 2 } }, answer: reservation },
  'get /v1/seats/reservation/{reservationId}': { answer: reservation },
  'delete /v1/seats/reservation/{reservationId}': { answer: released },
  'post /v1/seats/release': { body: { reservationId }, answer: released },
  'get /v1/seats/availability': { answer: availability },
  'get /v1/seats/status': { answer: { eventId, version: 2, statuses: 'RRAAAAAAAAAAAAAAAAAA' } },
  'get /v1/seats/map': { answer: map },
  'get /v1/seats/{eventId}/{seatId}': { answer: { eventId, ...seat, status: 'AVAILABLE' } },
  'put /v1/seats/sections': { body: { eventId, section: 'Floor', priceCents: 4_000 }, answer: availability.seatsBySection[1] },
  'put /v1/seats/block': { body: { eventId, seatIds: [19, 20] }, answer: { eventId, version: 3, seatIds: [19, 20] } },
  'put /v1/seats/unblock': { body: { eventId, seatIds: [19, 20] }, answer: { eventId, version: 4, seatIds: [19, 20] } },
  'post /v1/seats/bulk': {
    body: plan,
    csv: 'section,row,number,priceCents\nVIP,A,1,15000\nVIP,A,2,15000\n',
    answer: { eventId, totalSeats: 220, sections },
  },
  'post /v1/orders': { body: { reservationId }, answer: pending },
  'post /v1/bookings': { body: bookingBody, answer: booking },
  'get /v1/orders': { answer: listOf(order) },
  'get /v1/orders/{id}': { answer: order },
  'post /v1/orders/{id}/cancel': { answer: { ...pending, status: 'CANCELLED', cancelReason: 'BUYER' } },
  'get /v1/orders/{id}/tickets': { answer: { orderId, tickets: [ticket] } },
  'get /v1/orders/{id}/history': {
    answer: { orderId, items: [{ kind: 'CHANGE', at: NOON, cause: 'CREATED', status: 'PENDING' }] },
  },
  'get /v1/tickets': { answer: listOf(ticket) },
  'post /v1/charge': { body: chargeBody, answer: charge },
  'get /v1/payments/{id}': { answer: payment },
  'get /v1/payments': { answer: listOf(payment) },
  'post /v1/refund': { body: refundBody, answer: refund },
};

/** By the parameter's name, or by path and name where the name alone does not tell. */
export const PATH_EXAMPLES: Record<string, string> = {
  userId,
  sessionId,
  venueId,
  eventId,
  reservationId,
  seatId: '1',
  id: orderId,
  '/v1/payments/{id} id': paymentId,
  '/v1/tickets/{id}/qr.svg id': ticketId,
};
export const QUERY_EXAMPLES: Record<string, string> = { eventId, query: 'ada', q: 'rock' };
