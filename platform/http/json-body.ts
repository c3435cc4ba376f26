import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';
import { validationFailed } from './validation.ts';

/** An escape of NUL or of half a surrogate pair: PostgreSQL stores neither, and neither is text anybody typed. */
const SUSPECT_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;

/**
 * JSON is the only kind of body unless a route adds another in its own scope. Keys that reach into prototypes and text that is
 * not well-formed Unicode are refused here, for every route at once.
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    // Clients that always name a content type also do so with nothing to send.
    if (text.length === 0) return done(null, undefined);
    return parse(request, text, (error, body: unknown) => {
      if (error !== null) return done(parseFailure(text));
      if (SUSPECT_ESCAPE.test(text)) {
        const path = pathOfBadText(body);
        if (path !== null)
          return done(validationFailed([{ path, message: 'has a character that is not text (NUL or half a surrogate pair)' }]));
      }
      return done(null, body);
    });
  });
}

function parseFailure(text: string): ApiError {
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/,? "[\s\S]*$/, '') : 'it cannot be read';
    return new ApiError('MALFORMED_JSON', `The body is not valid JSON: ${reason.slice(0, 120)}.`);
  }
  return validationFailed([{ path: '$', message: 'has a key named __proto__ or constructor, which no request of ours has' }]);
}

function pathOfBadText(body: unknown): string | null {
  const open: { path: string; value: unknown }[] = [{ path: '$', value: body }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, value } = next;
    if (typeof value === 'string' && isBadText(value)) return path;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (isBadText(name)) return path;
      open.push({ path: Array.isArray(value) ? `${path}[${name}]` : `${path}.${name.slice(0, 64)}`, value: inner });
    }
  }
  return null;
}

function isBadText(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}
