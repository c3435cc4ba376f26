import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CREDENTIAL_HEADER, VISITOR_HEADER } from '../../auth/internal-credentials.ts';
import type { ServiceName } from '../service-client.ts';
import { SERVICE_HEADER } from '../transports.ts';

/** Of one connection, not of what it carries (RFC 9110, 7.6.1), and what each side works out for itself. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
]);
/** What the gateway has looked at and says in its own words. */
const SAID_ANEW = new Set(['authorization', 'forwarded', 'x-real-ip', 'traceparent', 'x-request-id']);

/** Headers with which a request of a client goes on to a service: as they came, but for who asks, which is proven by `credential`. */
export function headersToService(
  request: FastifyRequest,
  service: ServiceName,
  credential: string,
): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  const ownOfConnection = namesIn(request.headers.connection);
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || OF_THE_CONNECTION.has(name) || SAID_ANEW.has(name) || ownOfConnection.has(name)) continue;
    if (name.startsWith('x-onsale-') || name.startsWith('x-forwarded-')) continue;
    passed[name] = value;
  }
  passed[CREDENTIAL_HEADER] = credential;
  passed[SERVICE_HEADER] = service;
  if (request.identity?.kind !== 'user') passed[VISITOR_HEADER] = request.refusal ?? 'nobody';
  passed['traceparent'] = request.traceparent;
  passed['x-request-id'] = request.id;
  passed['x-forwarded-for'] = request.ip;
  passed['x-forwarded-proto'] = request.protocol;
  passed['x-forwarded-host'] = request.host;
  return passed;
}

/** Takes over the headers of a service's answer. Those that hold for all answers of the gateway are there already. */
export function headersToClient(reply: FastifyReply, headers: IncomingHttpHeaders): void {
  const ownOfConnection = namesIn(headers.connection);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || OF_THE_CONNECTION.has(name) || ownOfConnection.has(name)) continue;
    if (name === 'date' || name.startsWith('x-onsale-')) continue;
    const before = name === 'vary' ? reply.getHeader('vary') : undefined;
    reply.header(name, before === undefined ? value : `${String(before)}, ${String(value)}`);
  }
}

function namesIn(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return NONE;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

const NONE: ReadonlySet<string> = new Set();
