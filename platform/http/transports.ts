import type { FastifyInstance } from 'fastify';
import { Agent, request } from 'undici';
import type { ServiceName } from './service-client.ts';

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

/** The service was not reached, or its answer did not come in time. For anything but a GET it is not known what was done. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

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

const CONNECTIONS_PER_SERVICE = 32;
const CONNECT_TIMEOUT_MS = 2_000;

/** To services elsewhere, over kept connections. `close` lets what is under way finish. */
export function httpTransport(urlOf: (service: ServiceName) => string | undefined): {
  send: Transport;
  close: () => Promise<void>;
} {
  const agent = new Agent({ connections: CONNECTIONS_PER_SERVICE, connect: { timeout: CONNECT_TIMEOUT_MS } });
  const send: Transport = async ({ service, method, path, headers, body, timeoutMs }) => {
    const url = urlOf(service);
    if (url === undefined) throw new NoAnswer(`no address is known for ${service}`);
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await request(new URL(path, url), {
        dispatcher: agent,
        method,
        headers,
        signal,
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.statusCode, ...headersOf(answer.headers), body: await answer.body.text() };
    } catch (error) {
      throw new NoAnswer(`${service} did not answer`, { cause: error });
    }
  };
  return { send, close: () => agent.close() };
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
