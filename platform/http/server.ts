import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from 'pino';
import type { Identify } from '../auth/identify.ts';
import { CREDENTIAL_HEADER } from '../auth/internal-credentials.ts';
import { childTraceparent, traceIdOf } from '../telemetry/traceparent.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { checkAccessFirst } from './access.ts';
import { answerUnreadableRequest } from './client-errors.ts';
import { closeRouteSchemas } from './closed-schemas.ts';
import { answerUnknownRoutes, sendProblem } from './error-handler.ts';
import { keepEventStreams } from './event-stream.ts';
import { acceptJsonBodies } from './json-body.ts';
import { measureRequests, measureStreams } from './request-metrics.ts';
import './request.ts';
import { setApiSecurityHeaders } from './security-headers.ts';
import { compileSchema, validationFailed } from './validation.ts';

export type ServerOptions = {
  logger: Logger;
  metrics: Metrics;
  identify: Identify;
  /** The public door: copies of internal headers that come from outside are removed before anything reads them. */
  public: boolean;
  /** Proxies whose `X-Forwarded-For` is believed: true for all, a number of hops, or addresses and networks. */
  trustProxy?: boolean | number | readonly string[];
  bodyLimitBytes?: number;
};

const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024;
/** A request has this long to arrive whole; a client that dribbles bytes must not hold a socket. */
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const MAX_PATH_PARAMETER_LENGTH = 200;

/**
 * A Fastify server with everything that holds for all routes: who asks, trace and request ids, closed schemas, JSON bodies only,
 * problem documents, security headers, metrics. Services add routes with schemas from contracts/http.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const logger: FastifyBaseLogger = options.logger;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger per request costs more than most requests log; lines carry the trace id where they are written.
    childLoggerFactory: (parent) => parent,
    genReqId: (raw) => givenRequestId(raw.headers['x-request-id']),
    trustProxy: trusted(options.trustProxy ?? false),
    bodyLimit: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // While shutting down, requests on open connections are still answered; the answer closes the connection.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER_LENGTH },
    frameworkErrors: (error, request, reply) => {
      begin(request, reply, options);
      sendProblem(error, request, reply);
    },
    clientErrorHandler: answerUnreadableRequest,
  });
  app.decorateRequest('identity', null);
  app.decorateRequest('callingService', null);
  app.decorateRequest('refusal', null);
  app.decorateRequest('traceparent', '');
  app.setValidatorCompiler(compileSchema);
  app.setErrorHandler(sendProblem);
  acceptJsonBodies(app);
  keepEventStreams(app);
  answerUnknownRoutes(app);
  app.addHook('onRoute', closeRouteSchemas);
  app.addHook('onRoute', checkAccessFirst);
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply, options);
    done(
      request.raw.url?.includes('%00') === true
        ? validationFailed([{ path: 'path', message: 'has a NUL character' }])
        : undefined,
    );
  });
  app.addHook('preValidation', (request, _reply, done) =>
    done(duplicateParameter(request) ?? missingBody(request) ?? unexpectedBody(request)),
  );
  measureRequests(app, options.metrics);
  if (options.public) measureStreams(app, options.metrics);
  return app;
}

function begin(request: FastifyRequest, reply: FastifyReply, options: ServerOptions): void {
  const { headers } = request;
  if (options.public && headers[CREDENTIAL_HEADER] !== undefined) delete headers[CREDENTIAL_HEADER];
  const { identity, callingService, refusal } = options.identify(headers);
  request.identity = identity;
  request.callingService = callingService;
  request.refusal = refusal;
  const given = headers['traceparent'];
  request.traceparent = childTraceparent(typeof given === 'string' ? given : undefined);
  if (request.id === '') request.id = traceIdOf(request.traceparent);
  reply.header('x-request-id', request.id);
  setApiSecurityHeaders(reply);
}

/** The number of proxies in front, as a function: Fastify 5.12's types know no number. */
function trusted(trust: boolean | number | readonly string[]) {
  if (typeof trust === 'number') return (_address: string, hop: number) => hop < trust;
  return typeof trust === 'boolean' ? trust : [...trust];
}

/** Empty when the client sent none that is fit for a header and a log line; the trace id stands in for it. */
function givenRequestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : '';
}

/** Of a route that names its parameters; pages take whatever a link brings. */
function duplicateParameter(request: FastifyRequest): Error | undefined {
  const { query } = request;
  const schema = request.routeOptions.schema?.querystring;
  const open = typeof schema === 'object' && schema !== null && !('properties' in schema);
  if (open || typeof query !== 'object' || query === null) return undefined;
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value))
      return validationFailed([{ path: `query.${name.slice(0, 64)}`, message: 'is given more than once' }]);
  }
  return undefined;
}

/** Fastify checks no body at all against a route with a schema per content type when there is none. */
function missingBody(request: FastifyRequest): Error | undefined {
  const schema = request.routeOptions.schema?.body;
  const perType = typeof schema === 'object' && schema !== null && 'content' in schema;
  return perType && request.body === undefined ? validationFailed([{ path: '$', message: 'a body is required' }]) : undefined;
}

/** A route without a body schema takes no fields; kinds of body that a route parses itself are its own business. */
function unexpectedBody(request: FastifyRequest): Error | undefined {
  const { body } = request;
  if (request.is404 || request.routeOptions.schema?.body !== undefined || typeof body !== 'object' || body === null)
    return undefined;
  if (!Array.isArray(body) && Object.getPrototypeOf(body) !== Object.prototype) return undefined;
  const names = Object.keys(body).slice(0, 20);
  if (names.length === 0) return undefined;
  return validationFailed(
    names.map((name) => ({ path: `$.${name.slice(0, 64)}`, message: 'is not a known field; this route takes no body' })),
  );
}
