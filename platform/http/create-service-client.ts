import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleType,
  isBrokenCircuitError,
  retry,
  wrap,
  type IPolicy,
} from 'cockatiel';
import { ERRORS, type ErrorCode } from '../../contracts/errors.ts';
import { CREDENTIAL_HEADER, createCredentialIssuer } from '../auth/internal-credentials.ts';
import type { Clock } from '../clock.ts';
import { ApiError } from './api-error.ts';
import type { CallOptions, ServiceClient, ServiceName } from './service-client.ts';
import { NoAnswer } from './no-answer.ts';
import type { Transport, TransportAnswer } from './transports.ts';

const DEFAULT_TIMEOUT_MS = 5_000;
const RETRIES_OF_A_READ = 1;
const FAILURES_TO_OPEN = 8;
const OPEN_FOR_MS = 2_000;

/** Members of a problem document that are not extensions. */
const PROBLEM_MEMBERS = new Set(['type', 'title', 'status', 'detail', 'code', 'traceId', 'instance']);

/**
 * The client with which `service` calls the others. Reads that got no answer are tried once more, and not at all for a moment
 * after many of them failed; anything else is sent once.
 */
export function createServiceClient(options: {
  service: ServiceName;
  internalSecret: string;
  transport: Transport;
  clock?: Clock;
}): ServiceClient {
  const credentialFor = createCredentialIssuer(options);
  const reads = new Map<ServiceName, IPolicy>();
  const send = async (service: ServiceName, path: string, call: CallOptions): Promise<TransportAnswer> => {
    const { method = 'GET', body, traceparent, onBehalfOf, timeoutMs = DEFAULT_TIMEOUT_MS } = call;
    const headers: Record<string, string> = { [CREDENTIAL_HEADER]: credentialFor(service, onBehalfOf) };
    if (traceparent !== undefined) headers['traceparent'] = traceparent;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const request = { service, method, path, headers, body: body === undefined ? undefined : JSON.stringify(body), timeoutMs };
    if (method !== 'GET') return options.transport(request);
    const policy = reads.get(service) ?? readPolicy();
    reads.set(service, policy);
    return policy.execute(() => options.transport(request));
  };
  return {
    // The answer's type is what the other service's contract says of the route; both sides are checked against contracts/http.
    call: async <Answer>(service: ServiceName, path: string, call: CallOptions = {}) => {
      try {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
        return answerOf(service, path, await send(service, path, call)) as Answer;
      } catch (error) {
        if (error instanceof NoAnswer || isBrokenCircuitError(error)) throw unavailable(service, error);
        throw error;
      }
    },
  };
}

function readPolicy(): IPolicy {
  const noAnswer = handleType(NoAnswer);
  return wrap(
    retry(noAnswer, { maxAttempts: RETRIES_OF_A_READ, backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 500 }) }),
    circuitBreaker(noAnswer, { halfOpenAfter: OPEN_FOR_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) }),
  );
}

function unavailable(service: ServiceName, cause: Error): ApiError {
  const error = new ApiError('SERVICE_UNAVAILABLE', `The ${service} service does not answer at the moment. Try again shortly.`, {
    service,
  });
  error.cause = cause;
  return error;
}

function answerOf(service: ServiceName, path: string, answer: TransportAnswer): unknown {
  if (answer.status < 300) return answer.body === '' ? undefined : JSON.parse(answer.body);
  const problem = answer.contentType.startsWith('application/problem+json') ? parseProblem(answer.body) : null;
  if (problem === null) throw new NoAnswer(`${service} answered ${answer.status} without a problem document`);
  if (problem.code === 'UNAUTHENTICATED')
    throw new Error(`${service} did not accept our credential for ${path}: ${problem.detail}`);
  const retryAfter = Number(answer.retryAfter);
  throw new ApiError(problem.code, problem.detail, problem.extensions, Number.isFinite(retryAfter) ? retryAfter : undefined);
}

function parseProblem(text: string): { code: ErrorCode; detail: string; extensions: Record<string, unknown> } | null {
  const document = parseJson(text);
  if (typeof document !== 'object' || document === null || !('code' in document) || !isErrorCode(document.code)) return null;
  const detail = 'detail' in document ? String(document.detail) : '';
  const extensions = Object.fromEntries(Object.entries(document).filter(([name]) => !PROBLEM_MEMBERS.has(name)));
  return { code: document.code, detail, extensions };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
