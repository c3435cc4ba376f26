import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServiceApp, type ServiceApp } from '../../test/support/service-app.ts';
import { users } from './service.ts';

const PAGE = { 'sec-fetch-site': 'same-origin' };
const PASSWORD = 'correct horse';

let app: ServiceApp;
let serial = 0;
beforeAll(async () => {
  app = await startServiceApp(users);
});
afterAll(() => app.stop());

async function signedUp() {
  serial += 1;
  const username = `sessions.${serial}`;
  const account = { username, email: `${username}@example.com`, password: PASSWORD, firstName: 'Ada', lastName: 'L' };
  const { userId } = (await app.request({ method: 'POST', url: '/v1/users/register', payload: account })).json();
  return { userId, username };
}
const login = (username: string, headers: Record<string, string> = {}) =>
  app.request({ method: 'POST', url: '/v1/users/login', payload: { username, password: PASSWORD }, headers });
async function signedIn() {
  const person = await signedUp();
  return { ...person, ...(await login(person.username)).json() };
}
const refresh = (refreshToken: string) => app.request({ method: 'POST', url: '/v1/users/refresh', payload: { refreshToken } });
const me = async (token: string) => (await app.request({ url: '/v1/users/me', token })).statusCode;
const sessionsOf = async (token: string) => (await app.request({ url: '/v1/users/me/sessions', token })).json().items;
const ends = async (userId: string) =>
  (await app.published()).filter(({ type, subject }) => type === 'user.logged-out' && subject === userId).map(({ data }) => data);

describe('refreshing', () => {
  it('answers as login does and goes on with the same session, again and again', async () => {
    const { userId, username, sessionId, refreshToken } = await signedIn();
    let shown = refreshToken;
    for (let i = 0; i < 5; i++) {
      const answer = await refresh(shown);
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(answer.json()).toMatchObject({ tokenType: 'Bearer', expiresIn: 3600, sessionId, user: { userId, username } });
      expect(await me(answer.json().accessToken)).toBe(200);
      expect(answer.json().refreshToken).not.toBe(shown);
      shown = answer.json().refreshToken;
    }
  });

  it('keeps no token, only hashes', async () => {
    const { sessionId, refreshToken } = await signedIn();
    const second = (await refresh(refreshToken)).json().refreshToken;
    const [row] = await app.database.rows<{ text: string }>(
      { name: 'test.session', text: 'SELECT s::text AS text FROM session s WHERE session_id = $1' },
      [sessionId],
    );
    for (const token of [refreshToken, second]) expect(row?.text).not.toContain(token.slice(0, 24));
  });

  it('replaces a successor that nobody has used: an answer was lost, or two tabs asked', async () => {
    const { refreshToken } = await signedIn();
    const lost = (await refresh(refreshToken)).json().refreshToken;
    const again = await refresh(refreshToken);
    expect(again.statusCode).toBe(200);
    expect(again.json().refreshToken).not.toBe(lost);
    expect((await refresh(again.json().refreshToken)).statusCode).toBe(200);
  });

  it('ends the session when a token is shown after its successor was used', async () => {
    const { userId, sessionId, accessToken, refreshToken: stolen } = await signedIn();
    const second = (await refresh(stolen)).json();
    const third = (await refresh(second.refreshToken)).json();
    const thief = await refresh(stolen);
    expect([thief.statusCode, thief.json().code]).toEqual([401, 'REFRESH_TOKEN_INVALID']);
    expect((await refresh(third.refreshToken)).json().code).toBe('REFRESH_TOKEN_INVALID');
    for (const token of [accessToken, second.accessToken, third.accessToken]) expect(await me(token)).toBe(401);
    expect(await ends(userId)).toEqual([expect.objectContaining({ sessionId, reason: 'REFRESH_TOKEN_REUSED' })]);
  });

  it('ends the session when the owner shows the token that a thief had replaced', async () => {
    const { refreshToken } = await signedIn();
    const owners = (await refresh(refreshToken)).json().refreshToken;
    const thiefs = (await refresh(refreshToken)).json().refreshToken;
    expect((await refresh(owners)).json().code).toBe('REFRESH_TOKEN_INVALID');
    expect((await refresh(thiefs)).json().code).toBe('REFRESH_TOKEN_INVALID');
  });

  it('knows any old token of a session, also after many exchanges', async () => {
    const { refreshToken } = await signedIn();
    let newest = refreshToken;
    for (let i = 0; i < 20; i++) newest = (await refresh(newest)).json().refreshToken;
    await refresh(refreshToken);
    expect((await refresh(newest)).statusCode).toBe(401);
  });

  it('gives twenty tabs that ask at once a token each, of which exactly the last is good', async () => {
    const { userId, refreshToken } = await signedIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refreshToken)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    const given: string[] = answers.map((answer) => answer.json().refreshToken);
    expect(new Set(given).size).toBe(20);
    const [row] = await app.database.rows<{ hash: string }>(
      { name: 'test.hash', text: `SELECT encode(refresh_token_hash, 'hex') AS hash FROM session WHERE user_id = $1` },
      [userId],
    );
    const good = given.filter((token) => createHash('sha256').update(token).digest('hex') === row?.hash);
    expect(good).toHaveLength(1);
    expect((await refresh(good[0] ?? '')).statusCode).toBe(200);
  });

  it('ends the session of a thief and an owner who come at the same moment, whoever of them is first', async () => {
    for (let round = 0; round < 10; round++) {
      const { refreshToken } = await signedIn();
      const next = (await refresh(refreshToken)).json().refreshToken;
      const answers = await Promise.all([refresh(next), refresh(refreshToken)]);
      expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 401]);
      const [winner] = answers.filter(({ statusCode }) => statusCode === 200);
      expect((await refresh(winner?.json().refreshToken)).statusCode).toBe(401);
      expect(await me(winner?.json().accessToken)).toBe(401);
    }
  });

  it('is over when the session has not been used for its time', async () => {
    const { userId, refreshToken } = await signedIn();
    await app.database.run(
      { name: 'test.old', text: `UPDATE session SET expires_at = now() - interval '1 second' WHERE user_id = $1` },
      [userId],
    );
    expect((await refresh(refreshToken)).json().code).toBe('REFRESH_TOKEN_INVALID');
  });

  it.each([
    ['made up', 'A'.repeat(64), 401],
    ['too short', 'abc', 401],
    ['like SQL', `' OR 1=1 --`, 401],
    ['empty', '', 400],
    ['too long', 'A'.repeat(129), 400],
    ['a number', 1, 400],
    ['an object', { $ne: null }, 400],
    ['null', null, 400],
  ])('refuses a token that is %s', async (_, refreshToken, status) => {
    const answer = await app.request({ method: 'POST', url: '/v1/users/refresh', payload: { refreshToken } });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().code).toBe(status === 401 ? 'REFRESH_TOKEN_INVALID' : 'VALIDATION_FAILED');
  });

  it('needs a token from somewhere, and names a misspelt field', async () => {
    const none = await app.request({ method: 'POST', url: '/v1/users/refresh' });
    expect([none.statusCode, none.json().code]).toEqual([400, 'VALIDATION_FAILED']);
    const misspelt = await app.request({ method: 'POST', url: '/v1/users/refresh', payload: { refresh_token: 'x' } });
    expect([misspelt.json().code, misspelt.json().errors[0].hint]).toEqual(['VALIDATION_FAILED', 'refreshToken']);
  });
});

describe('our own pages', () => {
  const cookieOf = (answer: { headers: Record<string, unknown> }): string => String(answer.headers['set-cookie']);
  const valueOf = (answer: { headers: Record<string, unknown> }): string => cookieOf(answer).split(';', 1)[0] ?? '';
  const post = (path: string, headers: Record<string, string>) =>
    app.request({ method: 'POST', url: `/v1/users/${path}`, headers });

  it('get the refresh token where no script can read it', async () => {
    const { username } = await signedUp();
    const answer = await login(username, PAGE);
    expect(answer.json().refreshToken).toBeUndefined();
    expect(cookieOf(answer)).toMatch(/^onsale_refresh=[\w-]{64}; Path=\/v1\/users; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
    const secure = await login(username, { ...PAGE, origin: 'https://shop.example' });
    expect(cookieOf(secure)).toMatch(/; Secure$/);
  });

  it('refresh and sign out by the cookie alone', async () => {
    const { username } = await signedUp();
    const first = await login(username, PAGE);
    const second = await post('refresh', { ...PAGE, cookie: `theme=dark; ${valueOf(first)}` });
    expect([second.statusCode, second.json().refreshToken]).toEqual([200, undefined]);
    expect(valueOf(second)).not.toBe(valueOf(first));
    const out = await post('logout', { ...PAGE, cookie: valueOf(second) });
    expect([out.statusCode, cookieOf(out)]).toEqual([204, expect.stringContaining('onsale_refresh=; Path=/v1/users; Max-Age=0')]);
    expect(await me(second.json().accessToken)).toBe(401);
    const again = await post('refresh', { ...PAGE, cookie: valueOf(second) });
    expect([again.statusCode, cookieOf(again)]).toEqual([401, expect.stringContaining('Max-Age=0')]);
  });

  it('are known by their origin where a browser has no Fetch Metadata', async () => {
    const { username } = await signedUp();
    const origin = { host: 'shop.example:8080', origin: 'http://shop.example:8080' };
    const first = await login(username, origin);
    expect((await post('refresh', { ...origin, cookie: valueOf(first) })).statusCode).toBe(200);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another host of the site', { 'sec-fetch-site': 'same-site', origin: 'https://blog.shop.example' }],
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
    ['another origin, without Fetch Metadata', { host: 'shop.example', origin: 'https://evil.example' }],
    ['an origin that is none', { host: 'shop.example', origin: 'null' }],
    ['nowhere', { host: 'shop.example' }],
  ])('have their cookie not counted when it comes from %s', async (_, headers) => {
    const { username } = await signedUp();
    const own = await login(username, PAGE);
    const cookie = valueOf(own);
    expect((await post('refresh', { ...headers, cookie })).statusCode).toBe(400);
    expect((await post('logout', { ...headers, cookie })).statusCode).toBe(401);
    expect(await me(own.json().accessToken)).toBe(200);
    const elsewhere = await login(username, headers);
    expect([elsewhere.headers['set-cookie'], elsewhere.json().refreshToken]).toEqual([undefined, expect.any(String)]);
  });
});

describe('signing out', () => {
  it('stops the tokens of this session and of no other', async () => {
    const { userId, username, sessionId, accessToken, refreshToken } = await signedIn();
    const other = (await login(username)).json();
    const answer = await app.request({ method: 'POST', url: '/v1/users/logout', token: accessToken });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect([await me(accessToken), await me(other.accessToken)]).toEqual([401, 200]);
    expect((await refresh(refreshToken)).statusCode).toBe(401);
    expect((await refresh(other.refreshToken)).statusCode).toBe(200);
    expect(await ends(userId)).toEqual([
      { userId, sessionId, reason: 'LOGGED_OUT', loggedOutAt: expect.any(String), tokensExpireAt: expect.any(String) },
    ]);
  });

  it('needs somebody who is signed in, and takes no body', async () => {
    expect((await app.request({ method: 'POST', url: '/v1/users/logout' })).statusCode).toBe(401);
    const { accessToken } = await signedIn();
    const body = await app.request({ method: 'POST', url: '/v1/users/logout', token: accessToken, payload: { all: true } });
    expect(body.json().code).toBe('VALIDATION_FAILED');
  });

  it('is told to every door: until the last token of the session would have expired', async () => {
    const { sessionId, accessToken, refreshToken } = await signedIn();
    const { expiresIn } = (await refresh(refreshToken)).json();
    const atLeast = Date.now() + (expiresIn - 5) * 1000;
    await app.request({ method: 'POST', url: '/v1/users/logout', token: accessToken });
    const all: { subject: string; rolesVersion: number | null; until: string }[] = [];
    for (let next: string | null = ''; next !== null;) {
      const url: string = `/internal/revocations${next === '' ? '' : `?after=${next}`}`;
      const answer = (await app.requestAsService({ url })).json();
      all.push(...answer.revocations);
      next = answer.next;
    }
    const mine = all.find(({ subject }) => subject === sessionId);
    expect(mine?.rolesVersion).toBe(null);
    expect(Date.parse(mine?.until ?? '')).toBeGreaterThan(atLeast);
    expect((await app.request({ url: '/internal/revocations' })).statusCode).toBe(404);
  });
});

describe('my sessions', () => {
  it('are listed, the newest first, with the one I am in', async () => {
    const { username, accessToken, sessionId } = await signedIn();
    const second = (await login(username, { 'user-agent': `Phone ${'x'.repeat(500)}` })).json();
    const items = await sessionsOf(accessToken);
    expect(items.map((item: { sessionId: string; current: boolean }) => [item.sessionId, item.current])).toEqual([
      [second.sessionId, false],
      [sessionId, true],
    ]);
    expect(items[0].userAgent).toHaveLength(200);
    expect(JSON.stringify(items)).not.toContain(second.refreshToken.slice(0, 20));
  });

  it('come in pages', async () => {
    const { username, accessToken } = await signedIn();
    for (let i = 0; i < 4; i++) await login(username);
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 9; pages++) {
      const url: string = `/v1/users/me/sessions?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page = (await app.request({ url, token: accessToken })).json();
      seen.push(...page.items.map((item: { sessionId: string }) => item.sessionId));
      cursor = page.nextCursor;
    }
    expect([seen.length, new Set(seen).size]).toEqual([5, 5]);
    const odd = await app.request({ url: '/v1/users/me/sessions?cursor=bm90', token: accessToken });
    expect(odd.json().code).toBe('VALIDATION_FAILED');
  });

  it('end one by one, each with its tokens', async () => {
    const { userId, username, accessToken } = await signedIn();
    const lost = (await login(username)).json();
    const end = (id: string, token = accessToken) => app.request({ method: 'DELETE', url: `/v1/users/me/sessions/${id}`, token });
    expect((await end(lost.sessionId)).statusCode).toBe(204);
    expect([await me(lost.accessToken), await me(accessToken)]).toEqual([401, 200]);
    expect(await sessionsOf(accessToken)).toHaveLength(1);
    expect(await ends(userId)).toEqual([expect.objectContaining({ sessionId: lost.sessionId, reason: 'REVOKED' })]);
    const gone = await end(lost.sessionId);
    expect([gone.statusCode, gone.json().code]).toEqual([404, 'SESSION_NOT_FOUND']);
  });

  it('are nobody else’s to end', async () => {
    const [mine, theirs] = [await signedIn(), await signedIn()];
    for (const id of [theirs.sessionId, 'ses_x', '..%2f..', `' OR 1=1 --`]) {
      const url = `/v1/users/me/sessions/${encodeURIComponent(id)}`;
      const answer = await app.request({ method: 'DELETE', url, token: mine.accessToken });
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'SESSION_NOT_FOUND']);
    }
    expect(await me(theirs.accessToken)).toBe(200);
  });
});
