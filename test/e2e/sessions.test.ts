import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientWith, makeEvent, type Answer } from '../support/buyer.ts';
import { programsInTurn, startSystem, type TestSystem } from '../support/system.ts';

const PASSWORD = 'a long password';

async function post(url: string, path: string, body: unknown, token = ''): Promise<Answer> {
  return clientWith(url, '', token).send('POST', path, body);
}

async function signUp(url: string): Promise<{ userId: string; username: string }> {
  const username = `u${randomUUID().slice(0, 12)}`;
  const account = { username, email: `${username}@example.org`, password: PASSWORD, firstName: 'Ada', lastName: 'L' };
  const { body } = await post(url, '/v1/users/register', account);
  return { userId: body.userId, username };
}

const login = async (url: string, username: string) =>
  (await post(url, '/v1/users/login', { username, password: PASSWORD })).body;
const meOf = async (url: string, token: string) => (await clientWith(url, '', token).get('/v1/users/me')).status;

async function follow(url: string, accessToken: string) {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
  expect(answer.status).toBe(200);
  const state = { ended: false };
  const read = (async () => {
    for await (const _ of answer.body ?? []) void _;
    state.ended = true;
  })().catch(() => (state.ended = true));
  return { state, read };
}

describe('a session at the gateway', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  it('goes on by its refresh token and ends by logging out, for every service at once', async () => {
    const { username } = await signUp(system.url);
    const first = await login(system.url, username);
    const second = (await post(system.url, '/v1/users/refresh', { refreshToken: first.refreshToken })).body;
    const user = clientWith(system.url, '', second.accessToken);
    for (const path of ['/v1/users/me', '/v1/orders', '/v1/tickets']) expect((await user.get(path)).status, path).toBe(200);
    expect((await user.send('POST', '/v1/users/logout')).status).toBe(204);
    for (const path of ['/v1/users/me', '/v1/orders', '/v1/tickets']) expect((await user.get(path)).status, path).toBe(401);
    expect(await meOf(system.url, first.accessToken)).toBe(401);
  });

  it('takes its streams along when it ends, and leaves those of others', async () => {
    const { userId, token } = system.signIn('organizer');
    const eventId = await makeEvent(clientWith(system.url, userId, token), [
      { section: 'A', kind: 'SEATED', priceCents: 100, rows: [{ row: 'A', seats: 2 }] },
    ]);
    const [mine, others] = await Promise.all([signUp(system.url), signUp(system.url)]);
    const [me, other] = [await login(system.url, mine.username), await login(system.url, others.username)];
    const path = `${system.url}/v1/seats/stream?eventId=${eventId}`;
    const [own, foreign] = [await follow(path, me.accessToken), await follow(path, other.accessToken)];
    const startedMs = performance.now();
    await post(system.url, '/v1/users/logout', undefined, me.accessToken);
    await own.read;
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(foreign.state.ended).toBe(false);
  });

  it('takes the stream of an order along, too', async () => {
    const { userId, token } = system.signIn('organizer');
    const eventId = await makeEvent(clientWith(system.url, userId, token), [
      { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 100, capacity: 2 },
    ]);
    const { username } = await signUp(system.url);
    const [here, elsewhere] = [await login(system.url, username), await login(system.url, username)];
    const buyer = clientWith(system.url, '', here.accessToken);
    const body = { eventId, places: [{ section: 'Floor', quantity: 1 }] };
    const { reservationId } = (await buyer.send('POST', '/v1/seats/reserve', body)).body;
    const { orderId } = (await buyer.send('POST', '/v1/orders', { reservationId }, { key: username })).body;
    const path = `${system.url}/v1/orders/${orderId}/stream`;
    const [ending, staying] = [await follow(path, here.accessToken), await follow(path, elsewhere.accessToken)];
    const startedMs = performance.now();
    expect((await buyer.send('POST', '/v1/users/logout')).status).toBe(204);
    await ending.read;
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    // The order waits for its payment still, so nothing but the session's end has ended it.
    expect(staying.state.ended).toBe(false);
  });

  it('has the roles that an admin gave within a second, after a refresh', async () => {
    const { userId, username } = await signUp(system.url);
    const before = await login(system.url, username);
    const venue = {
      name: 'Hall',
      address: 'Canal 1',
      city: 'Utrecht',
      country: 'NL',
      capacity: 10,
      timezone: 'Europe/Amsterdam',
    };
    const make = (token: string) => post(system.url, '/v1/venues', { ...venue, venueType: 'ARENA' }, token);
    expect((await make(before.accessToken)).status).toBe(403);
    const admin = clientWith(system.url, '', system.signIn('admin').token);
    expect((await admin.send('PUT', `/v1/users/${userId}/roles`, { roles: ['organizer'] })).status).toBe(200);
    expect(await make(before.accessToken)).toMatchObject({ status: 401, body: { code: 'TOKEN_EXPIRED' } });
    const after = (await post(system.url, '/v1/users/refresh', { refreshToken: before.refreshToken })).body;
    expect((await make(after.accessToken)).status).toBe(201);
    await admin.send('PUT', `/v1/users/${userId}/roles`, { roles: ['customer'] });
    expect((await make(after.accessToken)).status).toBe(401);
  });

  it('is ended by a password reset, with the token that only the mail has', async () => {
    const { userId, username } = await signUp(system.url);
    const before = await login(system.url, username);
    const forgot = await post(system.url, '/v1/users/password/forgot', { email: `${username}@example.org` });
    expect(forgot).toMatchObject({ status: 202, body: { status: 'ACCEPTED' } });
    await expect.poll(() => mailedToken(system, userId, 'password-reset'), { timeout: 5_000 }).not.toBe(null);
    const secret = await mailedToken(system, userId, 'password-reset');
    const reset = { token: secret, password: 'another long password' };
    expect((await post(system.url, '/v1/users/password/reset', reset)).status).toBe(204);
    expect(await meOf(system.url, before.accessToken)).toBe(401);
    expect((await post(system.url, '/v1/users/login', { username, password: PASSWORD })).status).toBe(401);
    expect((await post(system.url, '/v1/users/login', { username, password: reset.password })).status).toBe(200);
  });
});

/** From the event log, where the relay has brought it. */
async function mailedToken(system: TestSystem, userId: string, template: string): Promise<string | null> {
  const rows = await system.databaseOf('event-log').rows<{ events: string }>(
    {
      name: 'test.mails',
      text: `SELECT events FROM record WHERE topic = 'notification.events' AND key = $1`,
    },
    [userId],
  );
  const events: { data: { template: string; variables: { token?: string } } }[] = rows.flatMap(({ events: text }) =>
    JSON.parse(text),
  );
  return events.find(({ data }) => data.template === template)?.data.variables.token ?? null;
}

describe('a session that ended', { timeout: 120_000 }, () => {
  const programs = programsInTurn();
  afterEach(programs.endAll);
  afterAll(programs.removeData);

  it('stays ended after a restart and after kill -9, and others go on', async () => {
    const first = await programs.start();
    const { username } = await signUp(first.url);
    const [ended, alive] = [await login(first.url, username), await login(first.url, username)];
    await post(first.url, '/v1/users/logout', undefined, ended.accessToken);
    expect(await first.stop()).toBe(0);

    const second = await programs.start();
    expect([await meOf(second.url, ended.accessToken), await meOf(second.url, alive.accessToken)]).toEqual([401, 200]);
    await post(second.url, '/v1/users/logout', undefined, alive.accessToken);
    await second.kill9();

    const third = await programs.start();
    expect([await meOf(third.url, ended.accessToken), await meOf(third.url, alive.accessToken)]).toEqual([401, 401]);
    const refreshed = await post(third.url, '/v1/users/refresh', { refreshToken: alive.refreshToken });
    expect(refreshed.body.code).toBe('REFRESH_TOKEN_INVALID');
  });
});
