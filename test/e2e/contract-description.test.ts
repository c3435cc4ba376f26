import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../contracts/errors.ts';
import { ask, type Ask } from '../support/ask.ts';
import type { Answer } from '../support/buyer.ts';
import { noUnknownMembers } from '../support/closed-schema.ts';
import { expectProblem } from '../support/contract.ts';
import { EXAMPLE_IDS } from '../../contracts/http/example-ids.ts';
import { ROUTE_ERRORS } from '../../contracts/http/route-errors.ts';
import { EXAMPLES } from '../../contracts/http/examples.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

/** What the API says of itself, and what holds for whoever asks too much. */

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const call = (method: string, path: string, options: Ask = {}): Promise<Answer> => ask(system.url + path, method, options);
const get = (path: string, options: Ask = {}): Promise<Answer> => call('GET', path, options);

type Described = { route: string; method: string; path: string; operation: any };

async function operations(): Promise<Described[]> {
  const { paths } = (await get('/openapi.json')).body;
  return Object.entries<Record<string, any>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method} ${path}`, method, path, operation })),
  );
}

/** The codes that an answer of the description names. */
function codesOf(answer: any): string[] {
  return answer.content?.['application/problem+json']?.schema.allOf?.[1].properties.code.enum ?? [];
}

function filled(path: string, { parameters = [] }: any): string {
  const exampleOf = (name: string): string => parameters.find((one: any) => one.name === name).example;
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => exampleOf(name));
}

/** What Fastify itself has under /v1, from the tree that it prints; a HEAD comes with every GET. */
function runningRoutes(tree: string): string[] {
  const path: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const found = /^([│ ]*)[├└]── (\S*)(?: \((.*)\))?/.exec(line);
    if (found === null) return [];
    const [, indent = '', part = '', methods = ''] = found;
    path.splice(indent.length / 4, path.length, part);
    const url = path.join('').replaceAll(/:(\w+)/g, '{$1}');
    if (!url.startsWith('/v1/')) return [];
    const named = methods.split(', ').filter((method) => /^[A-Z]+$/.test(method) && !['HEAD', 'OPTIONS'].includes(method));
    return named.map((method) => `${method.toLowerCase()} ${url}`);
  });
}

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate((await get('/openapi.json')).body);
    expect(result).toEqual({ valid: true });
    const broken = await new Validator().validate({ openapi: '3.1.0', info: { title: 'No version' }, paths: {} });
    expect(broken.valid).toBe(false);
  });

  it('has every public route and no other', async () => {
    const { openapi } = (await get('/openapi.json')).body;
    expect(openapi).toMatch(/^3\.1\./);
    const described = (await operations()).map(({ route }) => route);
    expect(described.toSorted()).toEqual(runningRoutes(system.app.printRoutes({ commonPrefix: false })).toSorted());
    expect(described.length).toBeGreaterThan(50);
  });

  it('says which errors each route answers, and explains every code somewhere', async () => {
    const all = await operations();
    const codes = new Set(all.flatMap(({ operation }) => Object.values<any>(operation.responses).flatMap(codesOf)));
    // No route of its own answers these: they say that there is none.
    const elsewhere = ['ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED'];
    expect([...codes, ...elsewhere].toSorted()).toEqual(Object.keys(ERRORS).toSorted());
    const routes = all.map(({ route }) => route);
    expect([...Object.keys(ROUTE_ERRORS), ...Object.keys(EXAMPLES)].filter((route) => !routes.includes(route))).toEqual([]);
  });

  it('has an example of every JSON body and answer, as its schema has it', async () => {
    const ajv = addFormats.default(new Ajv2020({ strict: false }));
    for (const { route, operation } of await operations()) {
      const answers = Object.entries<any>(operation.responses).filter(([status]) => status.startsWith('2'));
      const answered = answers.map(([, answer]) => answer.content?.['application/json']).filter((media) => media?.schema);
      const taken = operation.requestBody?.content['application/json'];
      for (const { schema, example } of [...answered, ...(taken === undefined ? [] : [taken])]) {
        // What is answered without a body is described as null.
        if (schema.type === 'null') continue;
        expect(example, `${route} has an example`).toBeDefined();
        const validate = ajv.compile(noUnknownMembers(schema));
        expect(validate(example), `${route}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      }
    }
  });

  it('has examples that the running routes read', async () => {
    const { token } = system.signIn('admin');
    for (const { route, method, path, operation } of await operations()) {
      for (const [type, { example }] of Object.entries<any>(operation.requestBody?.content ?? {})) {
        const query = type === 'text/csv' ? `?eventId=${EXAMPLE_IDS.eventId}` : '';
        const headers = { 'content-type': type, 'idempotency-key': route };
        const answer = await call(method.toUpperCase(), filled(path, operation) + query, { token, body: example, headers });
        expect(answer.body?.code, `${route}: ${JSON.stringify(answer.body)}`).not.toBe('VALIDATION_FAILED');
        const described = Object.values<any>(operation.responses).flatMap(codesOf);
        if (answer.status >= 400) expect(described, route).toContain(answer.body.code);
        else expect(Object.keys(operation.responses), route).toContain(String(answer.status));
      }
    }
  });

  it('says of each what it needs, takes and answers', async () => {
    const { paths } = (await get('/openapi.json')).body;
    for (const [path, methods] of Object.entries<Record<string, any>>(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const route = `${method} ${path}`;
        expect(operation.summary, route).toEqual(expect.any(String));
        expect(Object.keys(operation.responses.default.content), route).toEqual(['application/problem+json']);
        const named = (operation.parameters ?? []).filter((one: any) => one.in === 'path').map((one: any) => `{${one.name}}`);
        expect(path.match(/\{\w+\}/g) ?? [], route).toEqual(named);
        const answer = await call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'), method === 'get' ? {} : { body: {} });
        if (operation.security !== undefined) expect(answer.status, `${route} needs a user`).toBe(401);
        else if (answer.status === 401) expect(codesOf(operation.responses['401']), route).toContain(answer.body.code);
      }
    }
    const key = paths['/v1/charge'].post.parameters.find((one: any) => one.name === 'Idempotency-Key');
    expect(key).toMatchObject({ in: 'header', required: true });
  });

  it('has a page for people, and the system says how it is', async () => {
    const page = await get('/docs');
    expect(page.headers.get('content-type')).toContain('text/html');
    for (const code of Object.keys(ERRORS)) expect(page.body).toContain(`id="${code}"`);
    expect((await get('/health/live')).status).toBe(200);
    const ready = await get('/health/ready');
    expect(ready.status).toBe(200);
    const names = ready.body.checks.map((check: { name: string }) => check.name);
    expect(names).toEqual(expect.arrayContaining(['gateway', 'users', 'catalog', 'seating', 'orders', 'payments']));
    expect((await get('/health')).body.status).toBe('up');
    expect((await get('/metrics')).body).toMatch(/^onsale_http_request_seconds_count\{/m);
  });
});

describe('the rate limit', () => {
  it('answers 429 and when to come back, to each user for themselves', async () => {
    const limited = await startSystem({ settings: { RATE_LIMIT_PER_MINUTE: '2' } });
    try {
      const { token } = limited.signIn('customer');
      const answers: Answer[] = [];
      for (let i = 0; i < 2; i++) answers.push(await ask(`${limited.url}/v1/events`, 'GET', { token }));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expectProblem(await ask(`${limited.url}/v1/events`, 'GET', { token }), 'RATE_LIMITED');
      expect((await ask(`${limited.url}/v1/events`, 'GET', { token: limited.signIn('customer').token })).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });
});
