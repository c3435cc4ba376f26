import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Reservation, ReserveBody } from '../../contracts/http/seating.ts';
import { newId } from '../../contracts/ids.ts';
import type { Settings } from '../../platform/config/settings.ts';
import { SIGNED_IN } from '../../platform/http/access.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import { requireUser } from '../../platform/http/request.ts';
import { openDatabase, type OpenDatabase } from '../../platform/postgres/pool.ts';
import { yardstickDatabase } from './database.ts';
import { reserveInOneTransaction, type Held, type Wanted } from './one-transaction-store.ts';

export const oneTransactionPath = (poolSize: number | string): string => `/v1/bench/one-transaction/${poolSize}`;

const MAX_POOL_SIZE = 50;

export type OneTransaction = { start(): Promise<void>; routes(app: FastifyInstance): void; stop(): Promise<void> };

/**
 * The yardstick for `reserve` on a hot general-admission section: the same server, token check, validation, limit, answer and
 * PostgreSQL, with a transaction a request. The path says how many connections it may use, since its best pool is part of it.
 */
export function createOneTransaction(settings: Settings): OneTransaction {
  let connectionString = '';
  let open: { poolSize: number; database: OpenDatabase } | null = null;

  function databaseWith(poolSize: number): OpenDatabase {
    if (open?.poolSize !== poolSize) {
      void open?.database.close();
      open = {
        poolSize,
        database: openDatabase({
          connectionString,
          name: 'one transaction',
          poolSize,
          connectTimeoutMs: 30_000,
          lookupsOnly: true,
        }),
      };
    }
    return open.database;
  }

  return {
    async start() {
      connectionString = await yardstickDatabase(settings);
    },
    routes(app) {
      app.withTypeProvider<TypeBoxTypeProvider>().post(
        oneTransactionPath(':poolSize'),
        {
          schema: {
            tags: ['bench'],
            summary: 'Holds places with a transaction of its own',
            security: SIGNED_IN,
            params: Type.Object({ poolSize: Type.Integer({ minimum: 1, maximum: MAX_POOL_SIZE }) }),
            body: ReserveBody,
            response: { 201: Reservation },
          },
        },
        async (request, reply) => {
          const { userId } = requireUser(request);
          const { eventId, places: [place] = [] } = request.body;
          if (place === undefined) throw new ApiError('SELECTION_INVALID', 'This takes places of one section.');
          const wanted = { reservationId: newId('reservation'), eventId, userId, ...place };
          const outcome = await reserveInOneTransaction(databaseWith(request.params.poolSize), wanted);
          if (!outcome.ok) throw new ApiError(outcome.code, 'The places could not be held.');
          return reply.code(201).send(toReservation(wanted, outcome));
        },
      );
    },
    stop: async () => open?.database.close(),
  };
}

function toReservation(
  { section, quantity, ...wanted }: Wanted,
  { priceCents, currency, ttlSeconds, expiresAt }: Held,
): Reservation {
  return {
    ...wanted,
    seats: [],
    places: [{ section, quantity, priceCents }],
    totalCents: quantity * priceCents,
    currency,
    status: 'RESERVED',
    expiresAt: expiresAt.toISOString(),
    ttlSeconds,
  };
}
