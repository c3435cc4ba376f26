import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import { Type } from 'typebox';
import { Reservation, ReserveBody } from '../../contracts/http/seating.ts';
import { newId } from '../../contracts/ids.ts';
import type { Settings } from '../../platform/config/settings.ts';
import { SIGNED_IN } from '../../platform/http/access.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import { requireUser } from '../../platform/http/request.ts';
import { openDatabase } from '../../platform/postgres/pool.ts';
import { yardstickDatabase } from './database.ts';
import { reservePipelined, reserveStepByStep, type Held, type Outcome, type Wanted } from './one-transaction-store.ts';

/** How it is written, and with how many connections. */
export type OneTransactionWay = { way: 'step-by-step' | 'pipelined'; poolSize: number };

export const oneTransactionPath = ({ way, poolSize }: { way: string; poolSize: number | string }): string =>
  `/v1/bench/one-transaction/${way}/${poolSize}`;

const MAX_POOL_SIZE = 50;
const CONNECT_TIMEOUT_MS = 30_000;

export type OneTransaction = { start(): Promise<void>; routes(app: FastifyInstance): void; stop(): Promise<void> };

/**
 * The yardstick for `reserve` on a hot general-admission section: the same server, token check, validation, limit, answer and
 * PostgreSQL, with a transaction a request. The path says how it is written and how many connections it may use, since its best pool
 * is part of it.
 */
export function createOneTransaction(settings: Settings): OneTransaction {
  let connectionString = '';
  let open: (Reserver & { path: string }) | null = null;

  function reserverFor(wanted: OneTransactionWay): Reserver {
    const path = oneTransactionPath(wanted);
    if (open?.path !== path) {
      void open?.close();
      open = { path, ...(wanted.way === 'pipelined' ? pipelined : stepByStep)(connectionString, wanted.poolSize) };
    }
    return open;
  }

  return {
    async start() {
      connectionString = await yardstickDatabase(settings);
    },
    routes(app) {
      app.withTypeProvider<TypeBoxTypeProvider>().post(
        oneTransactionPath({ way: ':way', poolSize: ':poolSize' }),
        {
          schema: {
            tags: ['bench'],
            summary: 'Holds places with a transaction of its own',
            security: SIGNED_IN,
            params: Type.Object({
              way: Type.Union([Type.Literal('step-by-step'), Type.Literal('pipelined')]),
              poolSize: Type.Integer({ minimum: 1, maximum: MAX_POOL_SIZE }),
            }),
            body: ReserveBody,
            response: { 201: Reservation },
          },
        },
        async (request, reply) => {
          const { userId } = requireUser(request);
          const { eventId, places: [place] = [] } = request.body;
          if (place === undefined) throw new ApiError('SELECTION_INVALID', 'This takes places of one section.');
          const wanted = { reservationId: newId('reservation'), eventId, userId, ...place };
          const outcome = await reserverFor(request.params).reserve(wanted);
          if (!outcome.ok) throw new ApiError(outcome.code, 'The places could not be held.');
          return reply.code(201).send(toReservation(wanted, outcome));
        },
      );
    },
    stop: async () => open?.close(),
  };
}

type Reserver = { reserve(wanted: Wanted): Promise<Outcome>; close(): Promise<void> };

function stepByStep(connectionString: string, max: number): Reserver {
  const pool = new pg.Pool({ connectionString, max, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  return { reserve: (wanted) => reserveStepByStep(pool, wanted), close: () => pool.end() };
}

function pipelined(connectionString: string, poolSize: number): Reserver {
  const options = { connectionString, name: 'one transaction', poolSize, connectTimeoutMs: CONNECT_TIMEOUT_MS };
  const database = openDatabase({ ...options, lookupsOnly: true });
  return { reserve: (wanted) => reservePipelined(database, wanted), close: database.close };
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
