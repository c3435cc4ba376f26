import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { startSeating } from './test-seating.ts';

const seating = await startSeating();
afterAll(() => seating.stop());
const { ask, eventOnSale, send } = seating;

describe('what other services ask', () => {
  it('allocates many reservations in one call, each outcome its own', async () => {
    const eventId = await eventOnSale();
    const reserve = async (seatId: number) =>
      (await send('POST', '/v1/seats/reserve', { eventId, seatIds: [seatId] }, newId('user'))).body.reservationId;
    const [kept, released] = [await reserve(1), await reserve(2)];
    await ask('POST', `/internal/reservations/${released}/release`, { reason: 'CANCELLED' });
    const allocations = [kept, released].map((reservationId) => ({ reservationId, orderId: newId('order') }));
    const answer = await ask('POST', '/internal/allocations', { allocations });
    expect(answer.body.outcomes).toEqual([
      { reservationId: kept, outcome: 'ALLOCATED' },
      { reservationId: released, outcome: 'GONE' },
    ]);
    expect(await ask('POST', '/internal/allocations', { allocations })).toEqual(answer);
  });

  it('holds for a user under an id that was chosen, once, and keeps a refusal too', async () => {
    const eventId = await eventOnSale();
    const wanted = { eventId, userId: newId('user'), reservationId: newId('reservation'), seatCodes: ['VIP-A-1'] };
    const hold = (body: object) => ask('POST', '/internal/reservations', body);
    const [one, other] = await Promise.all([hold(wanted), hold(wanted)]);
    const { reservationId, userId } = wanted;
    expect(one).toMatchObject({ status: 201, body: { reservationId, userId, status: 'RESERVED', seats: [{ seatId: 1 }] } });
    expect(other).toEqual(one);
    const late = { ...wanted, userId: newId('user'), reservationId: newId('reservation') };
    const refused = await hold(late);
    expect(refused).toMatchObject({ status: 409, body: { code: 'SEAT_UNAVAILABLE', unavailableSeatIds: [1] } });
    await ask('POST', `/internal/reservations/${reservationId}/release`, { reason: 'CANCELLED' });
    expect((await hold(late)).body).toMatchObject({ code: 'SEAT_UNAVAILABLE' });
    expect((await hold({ ...late, reservationId: newId('reservation') })).status).toBe(201);
  });

  it('keeps a hold for a charge, and refuses to once it has ended', async () => {
    const eventId = await eventOnSale();
    const { body } = await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, newId('user'));
    const url = `/internal/reservations/${body.reservationId}/payment-window`;
    const paying = { orderId: newId('order'), paymentId: newId('payment') };
    const opened = await ask('POST', url, { ...paying, windowSeconds: 300 });
    expect(opened).toMatchObject({ status: 200, body: { expiresAt: body.expiresAt } });
    expect(Date.parse(opened.body.heldUntil)).toBeGreaterThan(Date.parse(body.expiresAt));
    expect((await ask('DELETE', url, paying)).body.heldUntil).toBe(body.expiresAt);
    await ask('POST', `/internal/reservations/${body.reservationId}/release`, { reason: 'CANCELLED' });
    expect(await ask('POST', url, { ...paying, windowSeconds: 300 })).toMatchObject({
      status: 409,
      body: { code: 'RESERVATION_NOT_ACTIVE' },
    });
    expect(await ask('GET', `/internal/reservations/${newId('reservation')}`)).toMatchObject({ status: 404 });
  });
});
