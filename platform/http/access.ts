import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction, RouteOptions } from 'fastify';
import { ROLES, type Role } from '../auth/identity.ts';
import { requireRole, requireUser } from './request.ts';

/** An OpenAPI security requirement: roles are named in it, as OpenAPI 3.1 has it for bearer tokens. */
type Security = readonly { readonly [scheme: string]: readonly string[] }[];

/** `schema.security` of a route for signed-in users. */
export const SIGNED_IN: Security = [{ bearer: [] }];

/** `schema.security` of a route for users with one of these roles. */
export function onlyFor(...roles: readonly [Role, ...Role[]]): Security {
  return roles.map((role) => ({ bearer: [role] }));
}

/**
 * A route says in `schema.security` who may use it: the API's description shows it, and here it is checked before the body is
 * read. So nobody learns what a body must look like, or has one parsed, who may not send it.
 */
export function checkAccessFirst(route: RouteOptions): void {
  const security: unknown = Reflect.get(route.schema ?? {}, 'security');
  if (!Array.isArray(security)) return;
  const named = security.flatMap((requirement: Security[number]) => requirement['bearer'] ?? []);
  const [first, ...others] = ROLES.filter((role) => named.includes(role));
  const check = (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    try {
      if (first === undefined) requireUser(request);
      else requireRole(request, first, ...others);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };
  route.onRequest = [check, ...[route.onRequest ?? []].flat()];
}
