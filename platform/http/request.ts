import type { FastifyRequest } from 'fastify';
import type { Identity, Role, UserIdentity } from '../auth/identity.ts';
import type { Identified } from '../auth/identify.ts';
import { traceIdOf } from '../telemetry/traceparent.ts';
import { ApiError } from './api-error.ts';
import type { ServiceName } from './service-client.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request, or null. Between services: the user on whose behalf it is made, else the calling service. */
    identity: Identity | null;
    /** The service that proved itself by a credential; null on the public door. */
    callingService: ServiceName | null;
    /** Why the token that was shown does not count. */
    refusal: Identified['refusal'];
    /** W3C trace context of this request: the caller's trace with our span, or a new trace. */
    traceparent: string;
  }
}

/** The signed-in user; throws UNAUTHENTICATED or TOKEN_EXPIRED. */
export function requireUser(request: FastifyRequest): UserIdentity {
  if (request.identity?.kind === 'user') return request.identity;
  if (request.refusal === 'TOKEN_EXPIRED') {
    throw new ApiError('TOKEN_EXPIRED', 'The access token has expired. Get a new one with the refresh token, or sign in again.');
  }
  if (request.refusal !== null) {
    throw new ApiError('UNAUTHENTICATED', 'The access token is not valid here. Sign in again.');
  }
  throw new ApiError('UNAUTHENTICATED', 'This needs a signed-in user. Send "Authorization: Bearer <accessToken>".');
}

/** The signed-in user when they have one of the roles; throws FORBIDDEN otherwise. */
export function requireRole(request: FastifyRequest, ...roles: readonly [Role, ...Role[]]): UserIdentity {
  const user = requireUser(request);
  if (roles.some((role) => user.roles.includes(role))) return user;
  throw new ApiError('FORBIDDEN', `This needs the role ${roles.join(' or ')}. You have: ${user.roles.join(', ') || 'none'}.`);
}

/** The service that calls an internal route; throws UNAUTHENTICATED. */
export function requireService(request: FastifyRequest): ServiceName {
  if (request.callingService !== null) return request.callingService;
  throw new ApiError('UNAUTHENTICATED', 'Only services may call this route, with a credential meant for this service.');
}

export function traceIdOfRequest(request: FastifyRequest): string {
  return traceIdOf(request.traceparent);
}
