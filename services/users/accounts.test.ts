import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { startServiceApp, type ServiceApp } from '../../test/support/service-app.ts';
import { users } from './service.ts';

const PASSWORD = 'correct horse';

let app: ServiceApp;
let admin: { userId: string; token: string };
let serial = 0;
beforeAll(async () => {
  app = await startServiceApp(users);
  admin = app.signIn(['admin']);
});
afterAll(() => app.stop());

async function signedIn(changes: Record<string, unknown> = {}) {
  serial += 1;
  const username = `accounts.${serial}`;
  const account = { username, email: `${username}@example.com`, password: PASSWORD, firstName: 'Ada', lastName: 'L', ...changes };
  await app.request({ method: 'POST', url: '/v1/users/register', payload: account });
  const answer = await app.request({ method: 'POST', url: '/v1/users/login', payload: { username, password: PASSWORD } });
  const { user, accessToken, refreshToken } = answer.json();
  return { ...user, accessToken, refreshToken };
}
const send = (method: 'GET' | 'PUT' | 'DELETE', path: string, token: string, payload?: object) =>
  app.request({ method, url: `/v1/users${path}`, token, ...(payload === undefined ? {} : { payload }) });
const me = async (token: string) => (await send('GET', '/me', token)).statusCode;
const told = async (userId: string, type: string) =>
  (await app.published()).filter((event) => event.type === type && event.subject === userId).map(({ data }) => data);

describe('an account', () => {
  it('is read by its owner and by admins, and by nobody else, there or not', async () => {
    const ada = await signedIn({ phoneNumber: '+12125550123' });
    const eve = await signedIn();
    for (const token of [ada.accessToken, admin.token]) {
      const answer = await send('GET', `/${ada.userId}`, token);
      expect(answer.json()).toMatchObject({ userId: ada.userId, phoneNumber: '+12125550123', emailVerified: false });
      expect(answer.headers['cache-control']).toBe('no-store');
    }
    const [there, none] = [
      await send('GET', `/${ada.userId}`, eve.accessToken),
      await send('GET', `/${newId('user')}`, eve.accessToken),
    ];
    expect([there.statusCode, none.statusCode]).toEqual([403, 403]);
    expect(there.json().detail).toBe(none.json().detail);
    for (const id of [newId('user'), 'usr_x', '..%2fme', `' OR 1=1 --`]) {
      const answer = await send('GET', `/${encodeURIComponent(id)}`, admin.token);
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'USER_NOT_FOUND']);
    }
  });

  it('is changed in part, and says so', async () => {
    const { userId, accessToken, email } = await signedIn({ phoneNumber: '+12125550123' });
    const answer = await send('PUT', `/${userId}`, accessToken, { firstName: 'Grace', phoneNumber: null });
    expect(answer.json()).toMatchObject({ firstName: 'Grace', lastName: 'L', email });
    expect(answer.json()).not.toHaveProperty('phoneNumber');
    expect(await told(userId, 'user.updated')).toEqual([
      expect.objectContaining({ userId, firstName: 'Grace', rolesVersion: 0 }),
    ]);
  });

  it.each([
    ['nothing', {}],
    ['roles', { roles: ['admin'] }],
    ['a membership', { membership: 'VIP' }],
    ['a status', { accountStatus: 'ACTIVE' }],
    ['a password', { password: 'another password' }],
    ['an address that is none', { email: 'nobody' }],
    ['a name of control characters', { firstName: '\u0007' }],
    ['another id', { userId: newId('user') }],
  ])('does not take %s', async (_, payload) => {
    const { userId, accessToken } = await signedIn();
    const answer = await send('PUT', `/${userId}`, accessToken, payload);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('gets no name and no address that another has', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const name = await send('PUT', `/${eve.userId}`, eve.accessToken, { username: ada.username.toUpperCase() });
    const address = await send('PUT', `/${eve.userId}`, eve.accessToken, { email: ada.email });
    expect([name.json().code, address.json().code]).toEqual(['USERNAME_TAKEN', 'EMAIL_TAKEN']);
    const same = await send('PUT', `/${eve.userId}`, eve.accessToken, { username: eve.username.toUpperCase() });
    expect(same.statusCode).toBe(200);
  });

  it('has a new address to prove, and its owner learns of it at the old one', async () => {
    const { userId, accessToken, email } = await signedIn();
    await send('PUT', `/${userId}`, accessToken, { email: `new.${email}` });
    const mails = (await told(userId, 'notification.requested')).map((data) => [data['template'], data['recipient']]);
    expect(mails).toEqual([
      ['email-verification', email],
      ['email-verification', `new.${email}`],
      ['email-changed', email],
    ]);
  });
});

describe('deleting an account', () => {
  it('leaves its id and nothing that says whose it was, ends its sessions and frees its names', async () => {
    const ada = await signedIn({ phoneNumber: '+12125550123', firstName: 'Adalbert', lastName: 'Lovelorn' });
    expect((await send('DELETE', `/${ada.userId}`, ada.accessToken)).statusCode).toBe(204);
    expect(await me(ada.accessToken)).toBe(401);
    const refreshed = await app.request({
      method: 'POST',
      url: '/v1/users/refresh',
      payload: { refreshToken: ada.refreshToken },
    });
    expect(refreshed.statusCode).toBe(401);
    const login = await app.request({
      method: 'POST',
      url: '/v1/users/login',
      payload: { username: ada.username, password: PASSWORD },
    });
    expect(login.json().code).toBe('INVALID_CREDENTIALS');
    expect((await send('GET', `/${ada.userId}`, admin.token)).json().code).toBe('USER_NOT_FOUND');
    expect((await send('DELETE', `/${ada.userId}`, admin.token)).json().code).toBe('USER_NOT_FOUND');
    const rows = await app.database.rows<{ text: string }>(
      { name: 'test.left', text: 'SELECT a::text AS text FROM account a WHERE user_id = $1' },
      [ada.userId],
    );
    expect(rows).toHaveLength(1);
    for (const trace of [ada.username, ada.email, 'Adalbert', 'Lovelorn', '12125550123', 'argon2']) {
      expect(rows[0]?.text).not.toContain(trace);
    }
    expect((await told(ada.userId, 'user.updated')).at(-1)).toMatchObject({
      accountStatus: 'INACTIVE',
      email: `${ada.userId}@deleted.invalid`,
      deletedAt: expect.any(String),
    });
    const { username, email } = ada;
    const again = { username, email, password: PASSWORD, firstName: 'Ada', lastName: 'L' };
    expect((await app.request({ method: 'POST', url: '/v1/users/register', payload: again })).statusCode).toBe(201);
  });

  it('is for its owner and admins; no admin deletes themselves', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    expect((await send('DELETE', `/${ada.userId}`, eve.accessToken)).statusCode).toBe(403);
    expect((await send('DELETE', `/${admin.userId}`, admin.token)).statusCode).toBe(403);
    expect((await send('DELETE', `/${ada.userId}`, admin.token)).statusCode).toBe(204);
  });
});

describe('a status', () => {
  it.each(['BLOCKED', 'INACTIVE'])(
    'of %s ends all sessions at once and keeps the door shut until it is ACTIVE',
    async (accountStatus) => {
      const ada = await signedIn();
      const payload = { username: ada.username, password: PASSWORD };
      const answer = await send('PUT', `/${ada.userId}/status`, admin.token, { accountStatus });
      expect(answer.json()).toMatchObject({ userId: ada.userId, accountStatus });
      expect(await me(ada.accessToken)).toBe(401);
      const login = () => app.request({ method: 'POST', url: '/v1/users/login', payload });
      expect((await login()).json().code).toBe('ACCOUNT_BLOCKED');
      expect((await told(ada.userId, 'user.logged-out')).map((data) => data['reason'])).toEqual(['ACCOUNT_BLOCKED']);
      await send('PUT', `/${ada.userId}/status`, admin.token, { accountStatus: 'ACTIVE' });
      expect((await login()).statusCode).toBe(200);
    },
  );

  it('that comes during logins leaves no session behind', async () => {
    const ada = await signedIn();
    const payload = { username: ada.username, password: PASSWORD };
    const logins = Array.from({ length: 4 }, () => app.request({ method: 'POST', url: '/v1/users/login', payload }));
    const [, ...answers] = await Promise.all([
      send('PUT', `/${ada.userId}/status`, admin.token, { accountStatus: 'BLOCKED' }),
      ...logins,
    ]);
    for (const answer of answers) if (answer.statusCode === 200) expect(await me(answer.json().accessToken)).toBe(401);
    const left = await app.database.rows({ name: 'test.sessions', text: 'SELECT FROM session WHERE user_id = $1' }, [ada.userId]);
    expect(left).toEqual([]);
  });

  it('is for admins to give, to others', async () => {
    const ada = await signedIn();
    expect((await send('PUT', `/${ada.userId}/status`, ada.accessToken, { accountStatus: 'ACTIVE' })).statusCode).toBe(403);
    expect((await send('PUT', `/${admin.userId}/status`, admin.token, { accountStatus: 'BLOCKED' })).statusCode).toBe(403);
    expect((await send('PUT', `/${ada.userId}/status`, admin.token, { accountStatus: 'GONE' })).statusCode).toBe(400);
    expect((await send('PUT', `/usr_x/status`, admin.token, { accountStatus: 'ACTIVE' })).statusCode).toBe(404);
  });
});

describe('roles', () => {
  it('that changed outdate the access tokens; the session goes on and a refresh brings the new ones', async () => {
    const ada = await signedIn();
    await send('PUT', `/${ada.userId}/roles`, admin.token, { roles: ['customer', 'admin'] });
    const stale = await send('GET', '/me', ada.accessToken);
    expect([stale.statusCode, stale.json().code]).toEqual([401, 'TOKEN_EXPIRED']);
    const refreshed = await app.request({
      method: 'POST',
      url: '/v1/users/refresh',
      payload: { refreshToken: ada.refreshToken },
    });
    expect(refreshed.json().user.roles).toEqual(['customer', 'admin']);
    expect((await send('GET', '', refreshed.json().accessToken)).statusCode).toBe(200);
    await send('PUT', `/${ada.userId}/roles`, admin.token, { roles: ['customer'] });
    expect((await send('GET', '', refreshed.json().accessToken)).json().code).toBe('TOKEN_EXPIRED');
    expect((await told(ada.userId, 'user.updated')).map((data) => [data['rolesVersion'], typeof data['tokensExpireAt']])).toEqual(
      [
        [1, 'string'],
        [2, 'string'],
      ],
    );
  });

  it('that stay the same outdate nothing', async () => {
    const ada = await signedIn();
    await send('PUT', `/${ada.userId}/roles`, admin.token, { roles: ['customer'] });
    expect(await me(ada.accessToken)).toBe(200);
  });

  it('are given by admins, never to themselves less', async () => {
    const ada = await signedIn();
    expect((await send('PUT', `/${ada.userId}/roles`, ada.accessToken, { roles: ['admin'] })).statusCode).toBe(403);
    expect((await send('PUT', `/${admin.userId}/roles`, admin.token, { roles: ['customer'] })).statusCode).toBe(403);
    for (const roles of [[], ['root'], ['admin', 'admin'], 'admin', null]) {
      expect((await send('PUT', `/${ada.userId}/roles`, admin.token, { roles })).json().code).toBe('VALIDATION_FAILED');
    }
    expect((await send('PUT', `/${newId('user')}/roles`, admin.token, { roles: ['door'] })).json().code).toBe('USER_NOT_FOUND');
  });
});

describe('lists of accounts', () => {
  it('come in pages, each account once', async () => {
    for (let i = 0; i < 3; i++) await signedIn();
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 100; pages++) {
      const path: string = `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page = (await send('GET', path, admin.token)).json();
      seen.push(...page.items.map((item: { userId: string }) => item.userId));
      cursor = page.nextCursor;
    }
    const [{ count } = { count: 0 }] = await app.database.rows<{ count: number }>({
      name: 'test.count',
      text: 'SELECT count(*)::integer AS count FROM account WHERE deleted_at IS NULL',
    });
    expect([seen.length, new Set(seen).size]).toEqual([count, count]);
  });

  it('are searched by any part of a name, in any case, and by nothing that only looks like a pattern', async () => {
    const ada = await signedIn({ firstName: 'Søren', lastName: 'Kierkegaard' });
    const search = async (query: string) =>
      (await send('GET', `/search?query=${encodeURIComponent(query)}`, admin.token))
        .json()
        .items.map((item: { userId: string }) => item.userId);
    for (const query of ['kierke', 'SØREN kier', ada.username.toUpperCase(), ada.email])
      expect(await search(query)).toEqual([ada.userId]);
    for (const query of ['%', '_', `' OR 1=1 --`, 'ren\nKier']) expect(await search(query)).toEqual([]);
  });

  it('are for admins only', async () => {
    const { accessToken } = await signedIn();
    for (const path of ['', '/search?query=a']) expect((await send('GET', path, accessToken)).json().code).toBe('FORBIDDEN');
    expect((await send('GET', '/search', admin.token)).json().code).toBe('VALIDATION_FAILED');
    expect((await send('GET', '?cursor=bm90', admin.token)).json().code).toBe('VALIDATION_FAILED');
  });
});
