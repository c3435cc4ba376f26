import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ReserveBody } from '../../contracts/http/seating.ts';
import { SIGNED_IN } from '../../platform/http/access.ts';
import { requireUser } from '../../platform/http/request.ts';

export const NO_OP_PATH = '/v1/bench/no-op';

const Done = Type.Object({ userId: Type.String(), status: Type.String() });

/**
 * An authenticated route of the same server that does nothing: what HTTP itself costs here. It has every hook of the product's
 * routes (token, rate limit, trace, security headers, metrics) and a schema for its answer; the POST reads and validates the body of a
 * reservation as well, so that it differs from `reserve` by the reservation alone.
 */
export function noOpRoutes(app: FastifyInstance): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const common = { tags: ['bench'], security: SIGNED_IN };
  routes.get(NO_OP_PATH, { schema: { ...common, summary: 'Does nothing', response: { 200: Done } } }, async (request) => ({
    userId: requireUser(request).userId,
    status: 'DONE',
  }));
  routes.post(
    NO_OP_PATH,
    { schema: { ...common, summary: 'Reads a reservation and does nothing', body: ReserveBody, response: { 201: Done } } },
    async (request, reply) => reply.code(201).send({ userId: requireUser(request).userId, status: 'DONE' }),
  );
}
