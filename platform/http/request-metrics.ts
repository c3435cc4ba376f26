import type { FastifyInstance } from 'fastify';
import { traceIdOfRequest } from './request.ts';
import type { Metrics } from '../telemetry/metrics.ts';

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts and times every answered request by route pattern and status, and logs it at level debug. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  const durations = metrics.histogram('onsale_http_request_seconds', 'Time from request to answer', BUCKETS_SECONDS, [
    'method',
    'route',
    'status',
  ]);
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method, log } = request;
    durations.observe(reply.elapsedTime / 1000, { method, route, status: reply.statusCode });
    if (log.level === 'debug' || log.level === 'trace') {
      log.debug(
        { traceId: traceIdOfRequest(request), method, route, status: reply.statusCode, ms: reply.elapsedTime },
        'request',
      );
    }
    done();
  });
}

/** Streams never end by themselves, so they are counted while they are open. */
export function measureStreams(app: FastifyInstance, metrics: Metrics): void {
  metrics.observed('onsale_event_streams', 'Event streams that are open', [], () => [
    { labels: {}, value: app.eventStreams.size },
  ]);
}
