import { newId } from '../../contracts/ids.ts';
import type { AllocationOutcome, InternalReserveBody, Reservation } from '../../contracts/http/seating.ts';
import type { InternalChargeBody, PaymentStatus } from '../../contracts/http/payments.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { CallOptions, ServiceClient, ServiceName } from '../../platform/http/service-client.ts';

/** Seating and payments as orders sees them, in the hands of a test. */
export type FakeNeighbours = ServiceClient & {
  /** A hold of this user on one seat of this price and one place. */
  reserve(userId: string, priceCents?: number, expiresInMs?: number): Reservation;
  reservations: Map<string, Reservation>;
  /** By reservation; ALLOCATED unless a test says otherwise. */
  outcomes: Map<string, AllocationOutcome>;
  payments: Map<string, PaymentStatus>;
  /** What reserving for a user is refused with. */
  refusal: ApiError | null;
  /** What charging an order comes to. */
  charge: (body: InternalChargeBody) => Promise<unknown>;
  calls: { service: ServiceName; path: string; method: string; body: unknown }[];
  down: boolean;
};

export function fakeNeighbours(): FakeNeighbours {
  const fake: FakeNeighbours = {
    reservations: new Map(),
    outcomes: new Map(),
    payments: new Map(),
    refusal: null,
    charge: () => Promise.reject(new ApiError('SERVICE_UNAVAILABLE', 'Payments does not answer.')),
    calls: [],
    down: false,
    reserve: (userId, priceCents = 5_000, expiresInMs = 60_000) => {
      const seat = { seatId: 7, section: 'VIP', row: 'A', number: 7, seatCode: 'VIP-A-7', priceCents };
      const reservation: Reservation = {
        reservationId: newId('reservation'),
        eventId: newId('event'),
        userId,
        seats: [seat],
        places: [{ section: 'Floor', quantity: 1, priceCents }],
        totalCents: priceCents * 2,
        currency: 'USD',
        status: 'RESERVED',
        expiresAt: new Date(Date.now() + expiresInMs).toISOString(),
        ttlSeconds: 60,
      };
      fake.reservations.set(reservation.reservationId, reservation);
      return reservation;
    },
    call: async <Answer>(service: ServiceName, path: string, options: CallOptions = {}) => {
      if (fake.down) throw new ApiError('SERVICE_UNAVAILABLE', 'The other service is down.');
      const { method = 'GET', body } = options;
      fake.calls.push({ service, path, method, body });
      // A test's own edge: each route answers what its contract says.
      return answer(fake, service, path, method, body) as Answer;
    },
  };
  return fake;
}

function answer(fake: FakeNeighbours, service: ServiceName, path: string, method: string, body: unknown): unknown {
  if (path === '/internal/charges') return fake.charge(body as InternalChargeBody);
  if (path === '/internal/reservations') return hold(fake, body as InternalReserveBody);
  if (service === 'payments') {
    const paymentId = path.split('/').at(-1) ?? '';
    const status = fake.payments.get(paymentId);
    if (status === undefined) throw new ApiError('PAYMENT_NOT_FOUND', 'No such payment.');
    return { paymentId, orderId: '', status };
  }
  if (path === '/internal/allocations') {
    const { allocations } = body as { allocations: { reservationId: string }[] };
    return {
      outcomes: allocations.map(({ reservationId }) => ({
        reservationId,
        outcome: fake.outcomes.get(reservationId) ?? 'ALLOCATED',
      })),
    };
  }
  const reservation = fake.reservations.get(path.split('/')[3] ?? '');
  if (reservation === undefined) throw new ApiError('RESERVATION_NOT_FOUND', 'No such reservation.');
  if (path.endsWith('/payment-window') && method === 'POST') {
    if (reservation.status !== 'RESERVED') throw new ApiError('RESERVATION_NOT_ACTIVE', 'It has ended.');
    return { expiresAt: reservation.expiresAt, heldUntil: new Date(Date.now() + 90_000).toISOString() };
  }
  if (path.endsWith('/release')) fake.reservations.set(reservation.reservationId, { ...reservation, status: 'RELEASED' });
  return fake.reservations.get(reservation.reservationId);
}

/** Once per reservation, however often it is asked for. */
function hold(fake: FakeNeighbours, { userId, reservationId, eventId }: InternalReserveBody): Reservation {
  if (fake.refusal !== null) throw fake.refusal;
  const known = fake.reservations.get(reservationId);
  if (known !== undefined) return known;
  const { reservationId: made, ...reservation } = fake.reserve(userId);
  fake.reservations.delete(made);
  const held = { ...reservation, reservationId, eventId };
  fake.reservations.set(reservationId, held);
  return held;
}
