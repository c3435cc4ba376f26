import type { FastifyRequest } from 'fastify';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireRole } from '../../../platform/http/request.ts';
import type { Viewer } from '../domain/access.ts';

/**
 * Who sees more than everybody: organizers (their own drafts) and admins. Null for all others. A token that does not count is
 * refused: its owner may miss drafts otherwise and wonder.
 */
export function viewerOf(request: FastifyRequest): Viewer | null {
  const { identity, refusal } = request;
  if (refusal !== null) {
    throw new ApiError(refusal, 'The access token does not count here. Sign in again, or send none to see what everybody sees.');
  }
  if (identity?.kind !== 'user') return null;
  const isAdmin = identity.roles.includes('admin');
  return isAdmin || identity.roles.includes('organizer') ? { userId: identity.userId, isAdmin } : null;
}

/** @throws ApiError `UNAUTHENTICATED`, `FORBIDDEN` */
export function editorOf(request: FastifyRequest): Viewer {
  const { userId, roles } = requireRole(request, 'organizer', 'admin');
  return { userId, isAdmin: roles.includes('admin') };
}
