import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServiceApp, type ServiceApp } from '../../test/support/service-app.ts';
import { users } from './service.ts';

const PASSWORD = 'correct horse';
const NEW_PASSWORD = 'battery staple';
const HOUR_MS = 3_600_000;

let app: ServiceApp;
let shiftMs = 0;
let serial = 0;
beforeAll(async () => {
  app = await startServiceApp(users, { clock: { now: () => new Date(Date.now() + shiftMs) } });
});
afterAll(() => app.stop());

const post = (path: string, payload?: object, options: { token?: string; remoteAddress?: string } = {}) =>
  app.request({ method: 'POST', url: `/v1/users${path}`, ...(payload === undefined ? {} : { payload }), ...options });
const login = (username: string, password: string, remoteAddress = '192.0.2.1') =>
  post('/login', { username, password }, { remoteAddress });

async function signedUp() {
  serial += 1;
  const username = `recovery.${serial}`;
  const email = `${username}@example.com`;
  const answer = await post('/register', { username, email, password: PASSWORD, firstName: 'Ada', lastName: 'L' });
  return { username, email, userId: String(answer.json().userId) };
}

async function mailsTo(userId: string, template: string): Promise<string[]> {
  const events = (await app.published()).filter(({ type, subject }) => type === 'notification.requested' && subject === userId);
  return events
    .filter(({ data }) => data['template'] === template)
    .map(({ data }) => String(Reflect.get(Object(data['variables']), 'token')));
}

/** As the job does it, which is not waited for in tests. */
async function answerRequests(): Promise<void> {
  await app.service.jobs?.find(({ name }) => name === 'users.answer-reset-requests')?.run(new AbortController().signal);
}

async function resetToken(person: { userId: string; email: string }): Promise<string> {
  await post('/password/forgot', { email: person.email.toUpperCase() });
  await answerRequests();
  return (await mailsTo(person.userId, 'password-reset')).at(-1) ?? '';
}

describe('a forgotten password', () => {
  it('gets the same answer after the same work, whether there is such an account or not', async () => {
    const { email } = await signedUp();
    const [there, none] = [
      await post('/password/forgot', { email }),
      await post('/password/forgot', { email: 'no@example.com' }),
    ];
    expect([there.statusCode, there.body]).toEqual([none.statusCode, none.body]);
    expect(there.statusCode).toBe(202);
    const waiting = { name: 'test.waiting', text: 'SELECT email FROM password_reset_request ORDER BY email' };
    expect(await app.database.rows(waiting)).toEqual([{ email: 'no@example.com' }, { email }]);
    await answerRequests();
    expect(await app.database.rows(waiting)).toEqual([]);
  });

  it('is replaced once by who has the mail; all sessions end', async () => {
    const person = await signedUp();
    const { accessToken, refreshToken } = (await login(person.username, PASSWORD)).json();
    const token = await resetToken(person);
    expect((await post('/password/reset', { token, password: NEW_PASSWORD })).statusCode).toBe(204);
    expect((await login(person.username, PASSWORD)).statusCode).toBe(401);
    expect((await login(person.username, NEW_PASSWORD)).json().user.userId).toBe(person.userId);
    expect((await app.request({ url: '/v1/users/me', token: accessToken })).statusCode).toBe(401);
    expect((await post('/refresh', { refreshToken })).statusCode).toBe(401);
    const again = await post('/password/reset', { token, password: 'a third password' });
    expect([again.statusCode, again.json().code]).toEqual([422, 'MAIL_TOKEN_INVALID']);
    expect(await mailsTo(person.userId, 'password-changed')).toHaveLength(1);
  });

  it('is replaced by one of many who show the token at once', async () => {
    const person = await signedUp();
    const token = await resetToken(person);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => post('/password/reset', { token, password: `password no ${i}` })),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1);
    expect(answers.filter(({ statusCode }) => statusCode === 422)).toHaveLength(7);
  });

  it('has its tokens kept as hashes, and void after an hour', async () => {
    const person = await signedUp();
    const token = await resetToken(person);
    const rows = await app.database.rows<{ hash: string; text: string }>(
      {
        name: 'test.tokens',
        text: `SELECT encode(token_hash, 'hex') AS hash, t::text AS text FROM mail_token t WHERE user_id = $1`,
      },
      [person.userId],
    );
    expect(rows.map(({ hash }) => hash)).toContain(createHash('sha256').update(token).digest('hex'));
    expect(JSON.stringify(rows)).not.toContain(token);
    shiftMs = HOUR_MS + 1_000;
    try {
      expect((await post('/password/reset', { token, password: NEW_PASSWORD })).json().code).toBe('MAIL_TOKEN_INVALID');
    } finally {
      shiftMs = 0;
    }
  });

  it('fills nobody’s letterbox: three mails an hour, and all of their tokens are good', async () => {
    const person = await signedUp();
    for (let i = 0; i < 6; i++) await resetToken(person);
    const sent = await mailsTo(person.userId, 'password-reset');
    expect(sent).toHaveLength(3);
    expect((await post('/password/reset', { token: sent[0], password: NEW_PASSWORD })).statusCode).toBe(204);
    expect((await post('/password/reset', { token: sent[1], password: NEW_PASSWORD })).statusCode).toBe(422);
  });

  it('is void when the account has got another address meanwhile', async () => {
    const person = await signedUp();
    const { accessToken } = (await login(person.username, PASSWORD)).json();
    const token = await resetToken(person);
    await app.request({
      method: 'PUT',
      url: `/v1/users/${person.userId}`,
      payload: { email: `new.${person.email}` },
      token: accessToken,
    });
    expect((await post('/password/reset', { token, password: NEW_PASSWORD })).json().code).toBe('MAIL_TOKEN_INVALID');
  });

  it.each([
    ['a made-up token', { token: 'A'.repeat(43), password: NEW_PASSWORD }, 422],
    ['a short password', { token: 'A'.repeat(43), password: 'short' }, 400],
    ['no token', { password: NEW_PASSWORD }, 400],
    ['a token that is a list', { token: ['x'], password: NEW_PASSWORD }, 400],
  ])('is not replaced with %s', async (_, payload, status) => {
    expect((await post('/password/reset', payload)).statusCode).toBe(status);
  });
});

describe('an e-mail address', () => {
  it('is proven once, by the token that was sent to it', async () => {
    const person = await signedUp();
    const { accessToken } = (await login(person.username, PASSWORD)).json();
    const verified = async () => (await app.request({ url: '/v1/users/me', token: accessToken })).json().emailVerified;
    const [token] = await mailsTo(person.userId, 'email-verification');
    expect(await verified()).toBe(false);
    expect((await post('/email/verify', { token })).statusCode).toBe(204);
    expect(await verified()).toBe(true);
    expect((await post('/email/verify', { token })).json().code).toBe('MAIL_TOKEN_INVALID');
  });

  it('gets another mail when its owner asks for one', async () => {
    const person = await signedUp();
    expect((await post('/email/verify')).statusCode).toBe(401);
    const { accessToken } = (await login(person.username, PASSWORD)).json();
    expect((await post('/email/verify', undefined, { token: accessToken })).statusCode).toBe(202);
    expect(await mailsTo(person.userId, 'email-verification')).toHaveLength(2);
  });

  it('is not proven by a token for another purpose', async () => {
    const person = await signedUp();
    const reset = await resetToken(person);
    const [proof] = await mailsTo(person.userId, 'email-verification');
    expect((await post('/email/verify', { token: reset })).statusCode).toBe(422);
    expect((await post('/password/reset', { token: proof, password: NEW_PASSWORD })).statusCode).toBe(422);
  });
});

describe('guessing a password', () => {
  it('is slowed down, with when to come back, also for the right one and for names that nobody has', async () => {
    const { username } = await signedUp();
    for (const name of [username, 'recovery.nobody']) {
      const answers = await Promise.all(Array.from({ length: 12 }, () => login(name, 'wrong horse', '192.0.2.66')));
      expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(5);
      const held = await login(name, PASSWORD, '192.0.2.66');
      expect([held.statusCode, held.json().code, held.headers['retry-after']]).toEqual([429, 'RATE_LIMITED', '1']);
    }
    expect((await login(username, PASSWORD, '192.0.2.67')).statusCode).toBe(200);
  });

  it('goes on after the wait, and a success ends it', async () => {
    const { username } = await signedUp();
    for (let i = 0; i < 5; i++) await login(username, 'wrong horse');
    shiftMs = 1_000;
    try {
      expect((await login(username, PASSWORD)).statusCode).toBe(200);
      expect((await login(username, 'wrong horse')).statusCode).toBe(401);
    } finally {
      shiftMs = 0;
    }
  });

  it('counts by name and by address of the same account together', async () => {
    const { username, email } = await signedUp();
    for (let i = 0; i < 3; i++) await login(username, 'wrong horse');
    for (let i = 0; i < 2; i++) await post('/login', { email, password: 'wrong horse' }, { remoteAddress: '192.0.2.1' });
    expect((await login(username, PASSWORD)).statusCode).toBe(429);
  });

  it('from everywhere locks nobody out who chooses a new password by mail', async () => {
    const person = await signedUp();
    for (let i = 0; i < 51; i++) await login(person.username, 'wrong horse', `198.51.100.${i}`);
    expect((await login(person.username, PASSWORD, '203.0.113.9')).statusCode).toBe(429);
    const token = await resetToken(person);
    await post('/password/reset', { token, password: NEW_PASSWORD }, { remoteAddress: '203.0.113.9' });
    expect((await login(person.username, NEW_PASSWORD, '203.0.113.9')).statusCode).toBe(200);
  });
});
