import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { NoAnswer } from './no-answer.ts';
import { eventKeyOf } from './replicas/event-key.ts';
import type { Upstreams } from './replicas/upstreams.ts';
import type { ServiceName } from './service-client.ts';

/** Names the service that a request is for, where several listen together. */
export const SERVICE_HEADER = 'x-onsale-service';

export type TransportRequest = {
  service: ServiceName;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  timeoutMs: number;
};

export type TransportAnswer = { status: number; contentType: string; retryAfter: string | undefined; body: string };

/** Carries one request to a service; throws `NoAnswer` when none came back. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;

/** To services in this process: through their internal server without a socket, headers and bodies exactly as over HTTP. */
export function inProcessTransport(serverOf: (service: ServiceName) => FastifyInstance | undefined): Transport {
  return async ({ service, method, path, headers, body, timeoutMs }) => {
    const server = serverOf(service);
    if (server === undefined) throw new NoAnswer(`${service} does not run here`);
    const sent = server.inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: body }) });
    const answer = await inTime(sent, timeoutMs, service);
    return { status: answer.statusCode, ...headersOf(answer.headers), body: answer.payload };
  };
}

/** To services elsewhere, over HTTP. */
export function httpTransport(upstreams: Upstreams): Transport {
  return async ({ timeoutMs, ...request }) => {
    const { service, method, path, body } = request;
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { ...request.headers, [SERVICE_HEADER]: service };
    const key = eventKeyOf(method, path, body);
    const answer = await upstreams.send({ ...request, headers, key, timeoutMs, signal });
    try {
      return { status: answer.status, ...headersOf(answer.headers), body: await text(answer.body) };
    } catch (error) {
      throw new NoAnswer(`${service} did not answer whole`, { cause: error, mayBeDone: method !== 'GET' });
    }
  };
}

/** To services in this process where they are in it, else over HTTP. */
export function transportTo(
  serverOf: (service: ServiceName) => FastifyInstance | undefined,
  upstreams: Upstreams | null,
): Transport {
  const inside = inProcessTransport(serverOf);
  if (upstreams === null) return inside;
  const outside = httpTransport(upstreams);
  return (request) => (serverOf(request.service) === undefined ? outside(request) : inside(request));
}

async function inTime<T>(work: PromiseLike<T>, timeoutMs: number, service: ServiceName): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new NoAnswer(`${service} did not answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work, late.promise]);
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(`${service} did not answer`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function headersOf(headers: Readonly<Record<string, unknown>>): Pick<TransportAnswer, 'contentType' | 'retryAfter'> {
  const { 'content-type': contentType, 'retry-after': retryAfter } = headers;
  return {
    contentType: typeof contentType === 'string' ? contentType : '',
    retryAfter: typeof retryAfter === 'string' || typeof retryAfter === 'number' ? String(retryAfter) : undefined,
  };
}
