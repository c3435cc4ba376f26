import { createHash } from 'node:crypto';
import { EXAMPLE_IDS } from '../../contracts/http/example-ids.ts';
import { bearer, requestOf, script, type Collection, type Environment, type Field, type Folder, type Item } from './format.ts';
import { TOUR } from './tour.ts';

type Parameter = { name: string; in: string; required?: boolean; example?: unknown; description?: string };
type Media = { example?: unknown; schema?: { allOf?: { properties?: { code?: { enum: string[] } } }[] } };
type Operation = {
  tags?: string[];
  summary?: string;
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
};
/** What we read of `/openapi.json`. */
export type Description = {
  info: { title: string; description?: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
};

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';
/** Whoever runs a folder from its first request to its last looks first and deletes last. */
const METHODS = ['get', 'put', 'post', 'delete'];
/** Signing out ends what the other folders need. */
const LAST_TAG = 'users';
const FILLED_BY_TOUR = ['tourName', 'accessToken', 'bobToken', 'totalCents', 'currency', 'seatId'];

/** The collection: the tour, then every route by tag, each with a test that its answer is one of those described. */
export function collectionOf({ info, tags, paths }: Description): Collection {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const ordered = tags.toSorted((a, b) => Number(a.name === LAST_TAG) - Number(b.name === LAST_TAG));
  const folders = ordered.map(({ name, description }): Folder => {
    const own = operations.filter(({ operation }) => operation.tags?.[0] === name);
    const sorted = own.toSorted((a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method));
    return { name, description, item: sorted.map(({ path, method, operation }) => itemOf(path, method, operation)) };
  });
  const empty = FILLED_BY_TOUR.map((key) => ({ key, value: '' }));
  return {
    info: { _postman_id: idFrom('collection'), name: info.title, description: info.description ?? '', schema: SCHEMA },
    auth: bearer('{{accessToken}}'),
    variable: [...empty, ...Object.entries(EXAMPLE_IDS).map(([key, value]) => ({ key, value }))],
    item: [TOUR, ...folders],
  };
}

/** Where the program is, and the password of the demo's accounts. */
export function environment(): Environment {
  const values = { baseUrl: 'http://localhost:8080', demoPassword: 'onsale-demo' };
  return {
    id: idFrom('environment'),
    name: 'Onsale on this machine',
    values: Object.entries(values).map(([key, value]) => ({ key, value, enabled: true })),
    _postman_variable_scope: 'environment',
  };
}

function itemOf(path: string, method: string, operation: Operation): Item {
  const { summary = '', parameters = [], requestBody, responses, security } = operation;
  const codes = Object.values(responses).flatMap(codesOf);
  const body = requestBody?.content['application/json']?.example;
  const hasKey = parameters.some(({ name }) => name === 'Idempotency-Key');
  // What everybody may read is read without a token, which need not be there yet.
  const isForEverybody = !codes.includes('UNAUTHENTICATED') || (method === 'get' && security === undefined);
  const request = requestOf({
    method,
    path: path.replaceAll(/\{(\w+)\}/g, (_, name) => textOf(parameters.find((one) => one.name === name)?.example)),
    query: parameters.filter((one) => one.in === 'query').map(queryField),
    headers: hasKey ? { 'Idempotency-Key': '{{$guid}}' } : {},
    ...(body === undefined ? {} : { body: withVariables(JSON.stringify(body, null, 2)) }),
    ...(isForEverybody ? { auth: { type: 'noauth' } as const } : {}),
    description: `${method.toUpperCase()} ${path}`,
  });
  const statuses = Object.keys(responses).filter((status) => status !== 'default');
  return { name: summary, event: [script('test', ...asDescribed(statuses, codes))], request };
}

function asDescribed(statuses: readonly string[], codes: readonly string[]): string[] {
  return [
    "pm.test('answers as described', () => {",
    `  pm.expect([${statuses.join(', ')}], pm.response.text()).to.include(pm.response.code);`,
    `  if (pm.response.code >= 400) pm.expect(${JSON.stringify(codes)}).to.include(pm.response.json().code);`,
    '});',
  ];
}

function codesOf(answer: Operation['responses'][string]): string[] {
  return answer.content?.['application/problem+json']?.schema?.allOf?.[1]?.properties?.code?.enum ?? [];
}

function queryField({ name, required, example, description }: Parameter): Field {
  return {
    key: name,
    value: textOf(example),
    ...(required === true ? {} : { disabled: true }),
    ...(description === undefined ? {} : { description }),
  };
}

function textOf(example: unknown): string {
  return typeof example === 'string' ? withVariables(example) : '';
}

/** With a variable in the place of every id of the examples. */
function withVariables(text: string): string {
  return Object.entries(EXAMPLE_IDS).reduce((changed, [name, id]) => changed.replaceAll(id, `{{${name}}}`), text);
}

/** The same whenever it is made, so that nothing differs but what has changed. */
function idFrom(what: string): string {
  const hex = createHash('sha256').update(`onsale ${what}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
