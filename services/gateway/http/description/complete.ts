import { ERRORS, type ErrorCode } from '../../../../contracts/errors.ts';
import { EXAMPLES, PATH_EXAMPLES, QUERY_EXAMPLES } from '../../../../contracts/http/examples.ts';
import type { Answer, Media, OpenApi, Operation, Schema } from './document.ts';
import { errorsOf } from './errors-of.ts';

const TAGS = [
  { name: 'users', description: 'Accounts, sessions, passwords' },
  { name: 'catalog', description: 'Venues and events' },
  { name: 'seating', description: 'Seat plans, what is left, holds' },
  { name: 'orders', description: 'What is bought, and how it goes on' },
  { name: 'tickets', description: 'The right of entry' },
  { name: 'payments', description: 'Money taken, given back' },
];

const FieldError = {
  type: 'object',
  required: ['path', 'message'],
  properties: { path: { type: 'string' }, message: { type: 'string' }, hint: { type: 'string' } },
};

const Problem = {
  type: 'object',
  description: 'RFC 9457. Some codes bring more members: see docs/errors.md',
  required: ['type', 'title', 'status', 'detail', 'code', 'traceId'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    traceId: { type: 'string' },
    errors: { type: 'array', items: FieldError },
  },
};

const ProblemRef = { $ref: '#/components/schemas/Problem' };

/** The description with what the routes' schemas do not say: the errors of each route by status, and examples. */
export function completeDescription(document: OpenApi): OpenApi {
  const paths = mapEntries(document.paths ?? {}, (path, operations) =>
    mapEntries(operations, (method, operation) => complete(method, path, operation)),
  );
  return {
    ...document,
    tags: TAGS,
    paths,
    components: { ...document.components, schemas: { ...document.components?.schemas, Problem } },
  };
}

function complete(method: string, path: string, operation: Operation): Operation {
  const { parameters, requestBody, responses = {} } = operation;
  const examples = EXAMPLES[`${method} ${path}`] ?? {};
  return {
    ...operation,
    ...(parameters === undefined ? {} : { parameters: parameters.map((one) => withExample(path, one)) }),
    ...(requestBody === undefined
      ? {}
      : {
          requestBody: {
            ...requestBody,
            content: mediaWith(requestBody.content ?? {}, { csv: examples.csv, json: examples.body }),
          },
        }),
    responses: {
      ...mapEntries(responses, (_status, answer) =>
        answer.content === undefined ? answer : { ...answer, content: mediaWith(answer.content, { json: examples.answer }) },
      ),
      ...errorAnswers(errorsOf(method, path, operation)),
      default: { description: 'An error; its code says which', content: { 'application/problem+json': { schema: ProblemRef } } },
    },
  };
}

function withExample<T extends { name: string; in: string }>(path: string, parameter: T): T {
  const found =
    parameter.in === 'path' ? (PATH_EXAMPLES[`${path} ${parameter.name}`] ?? PATH_EXAMPLES[parameter.name]) : undefined;
  const example = parameter.in === 'query' ? QUERY_EXAMPLES[parameter.name] : found;
  return example === undefined ? parameter : { ...parameter, example };
}

function mediaWith(
  content: Record<string, Media>,
  examples: { json?: unknown; csv?: string | undefined },
): Record<string, Media> {
  return mapEntries(content, (type, media) => {
    const example = type === 'text/csv' ? examples.csv : type === 'application/json' ? examples.json : undefined;
    return example === undefined ? media : { ...media, example };
  });
}

function errorAnswers(codes: readonly ErrorCode[]): Record<string, Answer> {
  const answers: Record<string, Answer> = {};
  for (const [status, some] of Map.groupBy(codes, (code) => ERRORS[code].status)) {
    const description = some.map((code) => `${code}: ${ERRORS[code].title}`).join('; ');
    const schema: Schema = { allOf: [ProblemRef, { properties: { code: { enum: some } } }] };
    const content = { 'application/problem+json': { schema, example: problemExample(some[0] ?? 'INTERNAL') } };
    answers[String(status)] = { description, content };
  }
  return answers;
}

function problemExample(code: ErrorCode): unknown {
  const { status, title } = ERRORS[code];
  return { type: `/docs#${code}`, title, status, detail: `${title}.`, code, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' };
}

function mapEntries<T>(record: Record<string, T>, change: (key: string, value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(key, value)]));
}
