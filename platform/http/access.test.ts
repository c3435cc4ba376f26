import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../auth/access-tokens.ts';
import { identifyUsers } from '../auth/identify.ts';
import type { Role } from '../auth/identity.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { onlyFor, SIGNED_IN } from './access.ts';
import { createServer } from './server.ts';

const tokens = createAccessTokens({ jwtSecret: 'a-secret-for-tests-only', ttlSeconds: 60 });
const apps: FastifyInstance[] = [];

function server(): FastifyInstance {
  const logger = createLogger({ level: 'silent' });
  const app = createServer({
    logger,
    metrics: createMetrics(),
    identify: identifyUsers(tokens),
    public: true,
    bodyLimitBytes: 100,
  });
  apps.push(app);
  const body = Type.Object({ name: Type.String() });
  app.post('/mine', { schema: { security: SIGNED_IN, body } }, async () => 'done');
  app.post('/plans', { schema: { security: onlyFor('organizer', 'admin'), body } }, async () => 'done');
  return app;
}

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

describe('a route that says who may use it', () => {
  const bodies = { good: '{"name":"a"}', wrong: '{"nmae":1}', broken: '{', large: JSON.stringify({ name: 'x'.repeat(200) }) };
  const post = async (url: string, body: string, role?: Role): Promise<number> => {
    const user = { userId: newId('user'), sessionId: newId('session'), roles: role === undefined ? [] : [role] };
    const headers = {
      'content-type': 'application/json',
      ...(role === undefined ? {} : { authorization: `Bearer ${tokens.sign(user).accessToken}` }),
    };
    return (await server().inject({ method: 'POST', url, headers, payload: body })).statusCode;
  };

  it.each(Object.entries(bodies))('tells nobody else anything about the body: %s', async (_name, body) => {
    expect(await post('/mine', body)).toBe(401);
    expect(await post('/plans', body)).toBe(401);
    expect(await post('/plans', body, 'customer')).toBe(403);
  });

  it.each([
    ['/mine', 'customer'],
    ['/plans', 'organizer'],
    ['/plans', 'admin'],
  ] as const)('lets through to %s who may: %s', async (url, role) => {
    expect(await post(url, bodies.good, role)).toBe(200);
    expect(await post(url, bodies.wrong, role)).toBe(400);
    expect(await post(url, bodies.large, role)).toBe(413);
  });
});
