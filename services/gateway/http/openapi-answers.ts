import { ERRORS } from '../../../contracts/errors.ts';

const FieldError = {
  type: 'object',
  required: ['path', 'message'],
  properties: { path: { type: 'string' }, message: { type: 'string' }, hint: { type: 'string' } },
};

const Problem = {
  type: 'object',
  description: 'RFC 9457. Some codes bring more members: see /docs',
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

const MEANINGS: Record<string, string> = { 200: 'Done', 201: 'Made', 202: 'Begun; how it ends is not known yet' };

/** The `response` member of a route's schema as the API's description has it: in words, and with the answer to every error. */
export function describedAnswers(response: unknown): Record<string, unknown> {
  const own: [string, unknown][] =
    typeof response === 'object' && response !== null ? Object.entries(response) : [['200', { type: 'object' }]];
  const said = own.map(([status, schema]): [string, object] => {
    const words = { 'x-response-description': MEANINGS[status] ?? 'Done' };
    return [status, typeof schema === 'object' ? { ...words, ...schema } : words];
  });
  const problem = { description: 'An error; its code says which', content: { 'application/problem+json': { schema: Problem } } };
  return { ...Object.fromEntries(said), default: problem };
}
