import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '../../platform/postgres/database.ts';
import { clientWith, makeEvent } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

it('answers a flood that it cannot work on with 503 and Retry-After instead of piling it up, and goes on afterwards', async () => {
  const organizer = system.signIn('organizer');
  const eventId = await makeEvent(clientWith(system.url, organizer.userId, organizer.token), [
    { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 100, capacity: 10_000 },
  ]);
  const reserve = () => {
    const { userId, token } = system.signIn('customer');
    const body = { eventId, places: [{ section: 'Floor', quantity: 1 }] };
    return clientWith(system.url, userId, token).send('POST', '/v1/seats/reserve', body);
  };
  const answered: number[] = [];
  let flood: Promise<Awaited<ReturnType<typeof reserve>>[]> = Promise.resolve([]);
  await system.databaseOf('seating').transaction(async (tx) => {
    await tx.run(sql('test.stall', 'lock table event_sale in access exclusive mode'));
    flood = Promise.all(
      Array.from({ length: 300 }, async () => {
        const answer = await reserve();
        answered.push(answer.status);
        return answer;
      }),
    );
    // While the database stands still: only the one batch that is in its hands stays unanswered.
    await expect.poll(() => answered.length, { timeout: 15_000 }).toBeGreaterThan(150);
    expect(new Set(answered)).toEqual(new Set([503]));
  });
  const answers = await flood;
  for (const answer of answers.filter(({ status }) => status === 503)) {
    expect(answer.body.code).toBe('OVERLOADED');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const held = answers.filter(({ status }) => status === 201).length;
  expect(held + answers.filter(({ status }) => status === 503).length).toBe(300);
  expect((await reserve()).status).toBe(201);
  const availability = await clientWith(system.url, '', organizer.token).get(`/v1/seats/availability?eventId=${eventId}`);
  expect(availability.body.reservedSeats).toBe(held + 1);
});
