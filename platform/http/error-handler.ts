import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { ApiError } from './api-error.ts';
import { PROBLEM_TYPE, problemOf, toApiError } from './problem.ts';
import { traceIdOfRequest } from './request.ts';

/** Answers with the problem document of an error. Errors of ours are logged whole; the client's are not worth a line. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const apiError = toApiError(error);
  const traceId = traceIdOfRequest(request);
  const line = { traceId, method: request.method, route: request.routeOptions.url, code: apiError.code };
  if (apiError.status === 500) request.log.error({ ...line, err: error }, 'request failed');
  else if (apiError !== error && apiError.status > 500)
    request.log.warn({ ...line, err: error }, 'request failed for the time being');
  else request.log.debug(line, 'request refused');
  if (apiError.retryAfterSeconds !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(apiError.retryAfterSeconds)));
  if (apiError.status === 401) reply.header('www-authenticate', 'Bearer realm="onsale"');
  if (apiError.code === 'PAYLOAD_TOO_LARGE') letBodyEnd(request, reply);
  // Sent as text, so that a route's answer schema does not drop members of the problem.
  return reply
    .code(apiError.status)
    .header('content-type', PROBLEM_TYPE)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problemOf(apiError, traceId)));
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Set by whoever serves pages: what a person sees at an address that does not exist. */
    unknownPage: { send: ((request: FastifyRequest, reply: FastifyReply) => FastifyReply) | null };
  }
}

/** About what one reads away in a second or two. */
const MAX_READ_AWAY_BYTES = 64 * 1024 * 1024;

/**
 * Fastify closes the connection after a body that is too large. A client that is still sending then sees a reset instead of the
 * answer, so where the end is in sight the connection stays, and Node reads the rest away.
 */
function letBodyEnd(request: FastifyRequest, reply: FastifyReply): void {
  if (Number(request.headers['content-length'] ?? Infinity) <= MAX_READ_AWAY_BYTES) reply.removeHeader('connection');
}

/** Answers 404 and 405 (with `Allow`) for what no route takes. Call it before the first route. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const routes: { method: string; pattern: RegExp }[] = [];
  app.decorate('unknownPage', { send: null });
  app.addHook('onRoute', (route: RouteOptions) => {
    // The catch-all that answers CORS preflights is no route of anything.
    if (route.url === '*') return;
    const pattern = patternOf(route.url);
    for (const method of [route.method].flat()) routes.push({ method, pattern });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const shown = path.slice(0, 200);
    const allowed = [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].toSorted();
    if (allowed.length > 0) {
      const detail = `${shown} takes ${allowed.join(', ')}, not ${request.method}.`;
      return sendProblem(new ApiError('METHOD_NOT_ALLOWED', detail), request, reply.header('allow', allowed.join(', ')));
    }
    const { send } = app.unknownPage;
    if (send !== null && isForPeople(request, path)) return send(request, reply.code(404));
    const detail = `There is no route ${request.method} ${shown}. /docs lists them.`;
    return sendProblem(new ApiError('ROUTE_NOT_FOUND', detail), request, reply);
  });
}

/** A browser that opens an address, not a program that asks for data or a page that asks for a file. */
function isForPeople(request: FastifyRequest, path: string): boolean {
  const wantsPage = request.headers.accept?.includes('text/html') ?? false;
  return request.method === 'GET' && wantsPage && !path.startsWith('/v1/') && !path.startsWith('/assets/');
}

/** `/v1/events/:id` → a pattern of the paths it takes. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((step) => (step.startsWith(':') ? '[^/]+' : step === '*' ? '.*' : step.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}
