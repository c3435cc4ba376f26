import { expect, it } from 'vitest';
import { eventKeyOf } from './event-key.ts';

it.each<[string | null, string, string, string | undefined]>([
  ['evt_1', 'POST', '/v1/seats/reserve', '{"eventId":"evt_1","seatIds":[1]}'],
  ['evt_1', 'PUT', '/v1/seats/block', '{ "seatIds": [1],\n "eventId" : "evt_1" }'],
  ['evt_1', 'POST', '/v1/seats/bulk?eventId=evt_1', 'section,row'],
  [null, 'GET', '/v1/seats/status?eventId=evt_1', undefined],
  [null, 'POST', '/v1/seats/release', '{"reservationId":"res_1"}'],
  [null, 'DELETE', '/v1/seats/reservation/res_1', undefined],
  [null, 'POST', '/v1/seats/reserve', '{"eventId":17}'],
])('the event that keeps a write with its like is %s for %s %s', (key, method, path, body) => {
  expect(eventKeyOf(method, path, body)).toBe(key);
  expect(eventKeyOf(method, path, body === undefined ? undefined : Buffer.from(body))).toBe(key);
});
