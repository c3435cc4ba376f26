import { text } from 'node:stream/consumers';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from 'fastify';
import type { createCredentialIssuer } from '../../auth/internal-credentials.ts';
import { ApiError } from '../api-error.ts';
import { NoAnswer } from '../no-answer.ts';
import { eventKeyOf } from '../replicas/event-key.ts';
import type { UpstreamAnswer, Upstreams } from '../replicas/upstreams.ts';
import type { ServiceName } from '../service-client.ts';
import { headersToClient, headersToService } from './headers.ts';
import { relayEventStream } from './relay-event-stream.ts';

/** Longer than any route takes: the longest waits for a payment provider. */
const ANSWER_TIMEOUT_MS = 120_000;
/** An answer that may be shown again when its service fails is read whole, up to this length. */
const MAX_WHOLE_BYTES = 4 * 1024 * 1024;

/** On scopes whose routes are those of a service in another process; scopes inside them have it from there. */
const FORWARD = Symbol('forward');

/** Has routes of marked scopes forwarded. To be called before anything else looks at the routes of this server. */
export function forwardMarkedScopes(app: FastifyInstance): void {
  app.addHook('onRoute', function forwardInstead(this: FastifyInstance, route: RouteOptions) {
    const forward: unknown = Reflect.get(this, FORWARD);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- set below and nowhere else
    if (forward !== undefined) route.handler = forward as RouteHandlerMethod;
  });
}

export type ForwardOptions = {
  service: ServiceName;
  upstreams: Upstreams;
  credentialFor: ReturnType<typeof createCredentialIssuer>;
};

/**
 * Makes the routes that are added to this scope be answered by the service in its own process. They stay described as they are, and
 * who may use them is checked here too; what is in a request is the service's to check.
 *
 * A body is read whole before it goes on, within the limit of its route, so that a client that dribbles holds no connection to a
 * service, and another replica can have it when the first does not take it. Answers go on as they come.
 */
export function forwardRoutes(scope: FastifyInstance, options: ForwardOptions): void {
  Reflect.set(scope, FORWARD, (request: FastifyRequest, reply: FastifyReply) => forward(request, reply, options));
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body.length === 0 ? undefined : body),
  );
  scope.setValidatorCompiler(() => () => true);
  scope.setSerializerCompiler(() => (data) => JSON.stringify(data));
}

async function forward(request: FastifyRequest, reply: FastifyReply, options: ForwardOptions): Promise<unknown> {
  const answer = await ask(request, reply, options);
  const { status, headers, body } = answer;
  // What was kept was sent meanwhile in its place.
  if (reply.sent) return void body.destroy();
  headersToClient(reply.code(status), headers);
  if (status === 200 && headers['content-type']?.startsWith('text/event-stream') === true) {
    relayEventStream(request, reply, body);
    return reply;
  }
  if (request.method !== 'HEAD' && isReadWhole(answer)) return wholeText(body, options.service);
  const length = headers['content-length'];
  if (length !== undefined) reply.header('content-length', length);
  return body;
}

async function ask(request: FastifyRequest, reply: FastifyReply, options: ForwardOptions): Promise<UpstreamAnswer> {
  const { service, upstreams, credentialFor } = options;
  const { identity, method, url } = request;
  const credential = identity?.kind === 'user' ? credentialFor(service, identity) : credentialFor(service);
  const body = Buffer.isBuffer(request.body) ? request.body : undefined;
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  try {
    return await upstreams.send({
      service,
      method,
      path: url,
      headers: headersToService(request, service, credential),
      body,
      key: eventKeyOf(method, url, body),
      timeoutMs: ANSWER_TIMEOUT_MS,
      signal: gone.signal,
    });
  } catch (error) {
    throw error instanceof NoAnswer ? explained(service, error) : error;
  }
}

function explained(service: ServiceName, cause: NoAnswer): ApiError {
  const error = cause.mayBeDone
    ? new ApiError(
        'OUTCOME_UNKNOWN',
        `The connection to the ${service} service broke before it answered: it may have been done. Repeat with the same Idempotency-Key, or read first.`,
      )
    : new ApiError('SERVICE_UNAVAILABLE', `The ${service} service does not answer at the moment. Try again shortly.`, {
        service,
      });
  error.cause = cause;
  return error;
}

/** Failures, in whose place something else may be shown, and what may be shown in place of later ones. */
function isReadWhole({ status, headers }: UpstreamAnswer): boolean {
  if (headers['content-encoding'] !== undefined || Number(headers['content-length'] ?? Infinity) > MAX_WHOLE_BYTES) return false;
  return status >= 500 || (status === 200 && headers['cache-control']?.includes('stale-if-error') === true);
}

async function wholeText(body: UpstreamAnswer['body'], service: ServiceName): Promise<string> {
  try {
    return await text(body);
  } catch (error) {
    throw explained(service, new NoAnswer('the answer broke off', { cause: error }));
  }
}
