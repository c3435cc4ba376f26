import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServiceApp, type ServiceApp } from '../../test/support/service-app.ts';
import { users } from './service.ts';

let app: ServiceApp;
let serial = 0;

beforeAll(async () => {
  app = await startServiceApp(users);
});
afterAll(() => app.stop());

function person(changes: Record<string, unknown> = {}): Record<string, unknown> {
  serial += 1;
  const name = `person.${serial}`;
  return {
    username: name,
    email: `${name}@example.com`,
    password: 'correct horse',
    firstName: 'Zoë',
    lastName: 'O’Hara 李',
    ...changes,
  };
}

const register = (body: object) => app.request({ method: 'POST', url: '/v1/users/register', payload: body });
const login = (body: object) => app.request({ method: 'POST', url: '/v1/users/login', payload: body });
const me = (token?: string) => app.request({ url: '/v1/users/me', ...(token === undefined ? {} : { token }) });

describe('registering', () => {
  it('answers with the new account and nothing of the password', async () => {
    const body = person({ phoneNumber: '+12125550123' });
    const answer = await register(body);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({
      userId: expect.stringMatching(/^usr_/),
      username: body['username'],
      email: body['email'],
      firstName: 'Zoë',
      lastName: 'O’Hara 李',
      roles: ['customer'],
      membership: 'REGULAR',
      accountStatus: 'ACTIVE',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  it('keeps the password as an argon2id hash only', async () => {
    const { userId } = (await register(person())).json();
    const [row] = await app.database.rows<{ row: string }>(
      { name: 'test.account', text: 'SELECT a::text AS row FROM account a WHERE user_id = $1' },
      [userId],
    );
    expect(row?.row).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(row?.row).not.toContain('correct horse');
  });

  it('publishes user.registered with the account, in the trace of the request', async () => {
    const traceId = 'a'.repeat(32);
    const payload = person();
    const answer = await app.request({
      method: 'POST',
      url: '/v1/users/register',
      payload,
      headers: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
    });
    const { userId } = answer.json();
    const event = (await app.published()).find(({ subject }) => subject === userId);
    expect(event).toMatchObject({ type: 'user.registered', data: { userId, email: payload['email'], membership: 'REGULAR' } });
    expect(event?.traceparent).toContain(traceId);
    expect(JSON.stringify(event)).not.toContain('correct horse');
  });

  it('lets one of twenty simultaneous claims of a username win, whatever the case', async () => {
    const claims = Array.from({ length: 20 }, (_, i) => person({ username: i % 2 === 0 ? 'Contested' : 'contested' }));
    const answers = await Promise.all(claims.map(register));
    expect(answers.filter((a) => a.statusCode === 201)).toHaveLength(1);
    expect(answers.filter((a) => a.statusCode === 409)).toHaveLength(19);
    expect(new Set(answers.filter((a) => a.statusCode === 409).map((a) => a.json().code))).toEqual(new Set(['USERNAME_TAKEN']));
    const told = (await app.published()).filter(({ data }) => String(data['username']).toLowerCase() === 'contested');
    expect(told).toHaveLength(1);
  });

  it('refuses an e-mail address that somebody has, whatever the case', async () => {
    await register(person({ email: 'Twice@Example.com' }));
    const second = await register(person({ email: 'twice@example.COM' }));
    expect([second.statusCode, second.json().code]).toEqual([409, 'EMAIL_TAKEN']);
  });

  it.each([
    ['a username of two letters', { username: 'ab' }],
    ['a username with a space', { username: 'a b c' }],
    ['a username that would be another’s to the eye', { username: 'аlice' }],
    ['a username of 33 letters', { username: 'a'.repeat(33) }],
    ['an address without a host', { email: 'nobody@' }],
    ['an address with a line break', { email: 'a@example.com\nbcc: b@example.com' }],
    ['a password of seven characters', { password: '1234567' }],
    ['a password of 129 characters', { password: 'x'.repeat(129) }],
    ['a password that is an object', { password: { $ne: '' } }],
    ['a first name of spaces', { firstName: '   ' }],
    ['a last name of 101 characters', { lastName: 'x'.repeat(101) }],
    ['a name with a NUL', { lastName: 'x\u0000y' }],
    ['a phone number in letters', { phoneNumber: 'call me' }],
    ['roles of one’s own choice', { roles: ['admin'] }],
    ['a membership of one’s own choice', { membership: 'VIP' }],
  ])('refuses %s', async (_, changes) => {
    const answer = await register(person(changes));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(answer.body).not.toContain('1234567');
  });

  it('takes what only looks like an attack as the text it is', async () => {
    const firstName = `Robert'); DROP TABLE account;--`;
    const answer = await register(person({ firstName }));
    expect(answer.json().firstName).toBe(firstName);
  });
});

describe('signing in', () => {
  it('answers with tokens, the session and the account, by username or e-mail in any case', async () => {
    const body = person({ username: `Mixed.Case`, email: 'Mixed.Case@example.com' });
    const { userId } = (await register(body)).json();
    const answers = [
      await login({ username: 'mixed.CASE', password: body['password'] }),
      await login({ email: 'MIXED.case@Example.com', password: body['password'] }),
    ];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.json()).toEqual({
        accessToken: expect.stringMatching(/^ey/),
        refreshToken: expect.stringMatching(/^[\w-]{64}$/),
        tokenType: 'Bearer',
        expiresIn: 3600,
        sessionId: expect.stringMatching(/^ses_/),
        user: expect.objectContaining({ userId, username: 'Mixed.Case' }),
      });
    }
    const events = (await app.published()).filter(({ subject, type }) => subject === userId && type.startsWith('user.'));
    expect(events.map(({ type }) => type)).toEqual(['user.registered', 'user.logged-in', 'user.logged-in']);
  });

  it('stores the refresh token hashed', async () => {
    const body = person();
    await register(body);
    const { refreshToken, sessionId } = (await login({ username: body['username'], password: body['password'] })).json();
    const [row] = await app.database.rows<{ hash: string; session: string }>(
      {
        name: 'test.session',
        text: `SELECT encode(refresh_token_hash, 'hex') AS hash, s::text AS session FROM session s WHERE session_id = $1`,
      },
      [sessionId],
    );
    expect(row?.hash).toBe(createHash('sha256').update(refreshToken).digest('hex'));
    expect(row?.session).not.toContain(refreshToken);
  });

  it('takes a password with letters composed in another way', async () => {
    const body = person({ password: 'caf\u00e9 au lait' });
    await register(body);
    expect((await login({ username: body['username'], password: 'cafe\u0301 au lait' })).statusCode).toBe(200);
  });

  it('tells nobody whether the name or the password was wrong', async () => {
    const body = person();
    await register(body);
    const wrongPassword = await login({ username: body['username'], password: 'wrong horse' });
    const wrongName = await login({ username: 'nobody.at.all', password: body['password'] });
    const oddName = await login({ username: `' OR 1=1 --`, password: body['password'] });
    for (const answer of [wrongPassword, wrongName, oddName]) {
      expect(answer.statusCode).toBe(401);
      const { traceId, ...problem } = answer.json();
      expect(traceId).toHaveLength(32);
      expect(problem).toEqual({
        type: '/docs#INVALID_CREDENTIALS',
        title: 'Wrong name or password',
        status: 401,
        code: 'INVALID_CREDENTIALS',
        detail: expect.any(String),
      });
    }
    expect(wrongName.json().detail).toBe(wrongPassword.json().detail);
  });

  it('says that an account is blocked only to who knows its password, and opens no session', async () => {
    const body = person();
    const { userId } = (await register(body)).json();
    await app.database.run({ name: 'test.block', text: `UPDATE account SET account_status = 'BLOCKED' WHERE user_id = $1` }, [
      userId,
    ]);
    const right = await login({ username: body['username'], password: body['password'] });
    const wrong = await login({ username: body['username'], password: 'wrong horse' });
    expect([right.statusCode, right.json().code]).toEqual([403, 'ACCOUNT_BLOCKED']);
    expect([wrong.statusCode, wrong.json().code]).toEqual([401, 'INVALID_CREDENTIALS']);
    const sessions = await app.database.rows({ name: 'test.sessions', text: 'SELECT FROM session WHERE user_id = $1' }, [userId]);
    expect(sessions).toEqual([]);
  });

  it.each([
    ['both names', { username: 'a', email: 'a@example.com', password: 'x' }],
    ['no name', { password: 'x' }],
    ['no password', { username: 'a' }],
    ['an empty password', { username: 'a', password: '' }],
    ['a name that is a list', { username: ['a'], password: 'x' }],
    ['a password of a megabyte', { username: 'a', password: 'x'.repeat(60_000) }],
  ])('refuses %s', async (_, body) => {
    expect([(await login(body)).statusCode, (await login(body)).json().code]).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('a storm of logins', () => {
  it('gets 503 with Retry-After beyond the queue, and all others their answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => login({ username: `nobody.${i}`, password: 'wrong horse' })),
    );
    const refused = answers.filter(({ statusCode }) => statusCode === 503);
    expect(refused.length).toBeGreaterThan(20);
    for (const answer of refused) expect([answer.json().code, answer.headers['retry-after']]).toEqual(['OVERLOADED', '2']);
    const rest = answers.filter(({ statusCode }) => statusCode !== 503);
    expect(new Set(rest.map(({ statusCode }) => statusCode))).toEqual(new Set([401]));
  });
});

describe('me', () => {
  it('is the account of the access token', async () => {
    const body = person();
    const registered = (await register(body)).json();
    const { accessToken } = (await login({ username: body['username'], password: body['password'] })).json();
    const answer = await me(accessToken);
    expect(answer.json()).toEqual({ ...registered, emailVerified: false });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('is nobody without a token, with a made-up one, or when the account is gone', async () => {
    for (const token of [undefined, 'made.up.token', app.signIn(['customer']).token]) {
      const answer = await me(token);
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });
});

describe('demo accounts', () => {
  const account = {
    username: 'demo.alice',
    email: 'demo.alice@demo.com',
    password: 'onsale-demo',
    firstName: 'Alice',
    lastName: 'Demo',
  };
  const put = (accounts: object[]) =>
    app.requestAsService({ method: 'PUT', url: '/internal/demo-accounts', payload: { accounts } });

  it('are made once and brought to what is asked afterwards', async () => {
    const first = (await put([{ ...account, roles: ['customer'], membership: 'PREMIUM' }])).json();
    const second = (await put([{ ...account, roles: ['organizer', 'customer'], membership: 'VIP' }])).json();
    expect(first.accounts).toEqual([{ userId: expect.any(String), username: 'demo.alice', created: true }]);
    expect(second.accounts).toEqual([{ ...first.accounts[0], created: false }]);
    const { user } = (await login({ email: account.email, password: 'onsale-demo' })).json();
    expect(user).toMatchObject({ userId: first.accounts[0].userId, roles: ['organizer', 'customer'], membership: 'VIP' });
  });

  it('are not to be had at the public door', async () => {
    const answer = await app.request({ method: 'PUT', url: '/internal/demo-accounts', payload: { accounts: [] } });
    expect(answer.statusCode).toBe(404);
  });

  it('are not to be had outside demo mode', async () => {
    const production = await startServiceApp(users, { settings: { ONSALE_DEMO: 'false' } });
    try {
      const payload = { accounts: [{ ...account, roles: ['admin'], membership: 'VIP' }] };
      const answer = await production.requestAsService({ method: 'PUT', url: '/internal/demo-accounts', payload });
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'ROUTE_NOT_FOUND']);
    } finally {
      await production.stop();
    }
  });
});

describe('expired sessions', () => {
  it('are dropped, and only they', async () => {
    const body = person();
    await register(body);
    const credentials = { username: body['username'], password: body['password'] };
    const [old, young] = [(await login(credentials)).json(), (await login(credentials)).json()];
    await app.database.run(
      { name: 'test.expire', text: `UPDATE session SET expires_at = now() - interval '1 second' WHERE session_id = $1` },
      [old.sessionId],
    );
    const job = app.service.jobs?.find(({ name }) => name === 'users.drop-what-is-over');
    await job?.run(new AbortController().signal);
    const left = await app.database.rows<{ id: string }>(
      { name: 'test.left', text: 'SELECT session_id AS id FROM session WHERE session_id = ANY($1)' },
      [[old.sessionId, young.sessionId]],
    );
    expect(left).toEqual([{ id: young.sessionId }]);
  });
});
