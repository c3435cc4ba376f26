import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Metrics } from '../../../platform/telemetry/metrics.ts';
import { answerKey, createKeptAnswers, type KeptAnswer } from '../domain/kept-answers.ts';

const LIMITS = { maxAnswers: 1_000, maxCharacters: 16 * 1024 * 1024 };
/** A service that hangs is as good as one that is down; with a kept answer at hand nobody waits for it any longer. */
const LATE_AFTER_MS = 2_000;

/**
 * While a service fails, people go on seeing the last answers that it gave to everybody: those that said so by
 * `Cache-Control: public, …, stale-if-error=<seconds>` (RFC 5861). What is old says so: `Age`, `Warning` and `X-Onsale-Stale`.
 * Nothing that only some may see is ever kept. Call it before the routes are added.
 */
export function serveLastAnswers(app: FastifyInstance, metrics: Metrics, lateAfterMs = LATE_AFTER_MS): void {
  const answers = createKeptAnswers(LIMITS);
  const served = metrics.counter('onsale_stale_answers_total', 'Answers given in place of a service that failed');

  const inPlaceOf = (request: FastifyRequest, reply: FastifyReply): string | null => {
    const kept = answers.find(answerKey(request.url), performance.now());
    if (kept === null) return null;
    served.add();
    mark(reply, kept, performance.now());
    return kept.body;
  };

  app.addHook('onSend', (request, reply, payload: unknown, done) => {
    if (request.method !== 'GET') return done(null, payload);
    if (reply.statusCode >= 500) return done(null, inPlaceOf(request, reply) ?? payload);
    const forMs = keepForMs(reply);
    if (reply.statusCode === 200 && forMs > 0 && typeof payload === 'string') {
      const contentType = String(reply.getHeader('content-type'));
      answers.keep(answerKey(request.url), { body: payload, contentType, atMs: performance.now(), forMs });
    } else if (reply.statusCode === 404 || reply.statusCode === 410) {
      answers.drop(answerKey(request.url));
    }
    return done(null, payload);
  });

  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.method !== 'GET' || !/^\/v1\/(events|venues)(\/|$)/.test(route.url)) return;
    const { handler } = route;
    route.handler = async function inTime(this: FastifyInstance, request, reply): Promise<unknown> {
      const answering = Promise.resolve(handler.call(this, request, reply));
      if (answers.find(answerKey(request.url), performance.now()) === null) return answering;
      const late = Promise.withResolvers<unknown>();
      const timer = setTimeout(() => late.resolve(LATE), lateAfterMs);
      const first = await Promise.race([answering, late.promise]).finally(() => clearTimeout(timer));
      return first === LATE ? (inPlaceOf(request, reply) ?? answering) : first;
    };
  });
}

const LATE = Symbol('late');

/** How long the answer may be shown once its service fails; 0 when it may not. An answer that is itself a kept one stays as old as it is. */
function keepForMs(reply: FastifyReply): number {
  if (reply.hasHeader('x-onsale-stale')) return 0;
  const [, seconds] = /^public\b.*\bstale-if-error=(\d{1,9})/.exec(String(reply.getHeader('cache-control'))) ?? [];
  return Number(seconds ?? 0) * 1000;
}

function mark(reply: FastifyReply, { contentType, atMs }: KeptAnswer, nowMs: number): void {
  reply.code(200).removeHeader('retry-after');
  reply.headers({
    'content-type': contentType,
    'cache-control': 'no-store',
    age: String(Math.floor((nowMs - atMs) / 1000)),
    warning: '111 - "Revalidation Failed"',
    'x-onsale-stale': 'true',
  });
}
