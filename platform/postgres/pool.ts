import pg from 'pg';
import type { Database, Statement, Tx } from './database.ts';
import { inTransaction, keepsConnectionUsable, rowsOf } from './transaction.ts';

export type DatabaseOptions = {
  connectionString: string;
  /** For messages and metrics, and as `application_name` on the server, e.g. `seating`. */
  name: string;
  /** Connections at most. */
  poolSize: number;
  /** How long to wait for a connection, whether it must be made or others hold them all. */
  connectTimeoutMs?: number;
  /** The server cancels a statement that takes longer. */
  statementTimeoutMs?: number;
  /** Every statement looks rows up by an index, so no plan may read a table whole. See `LOOKUPS_ONLY`. */
  lookupsOnly?: boolean;
  /** Told of connections that broke while idle; the pool replaces them by itself. */
  onIdleError?: (error: Error) => void;
};

export type OpenDatabase = Database & {
  /** Connections: in use and idle, and callers waiting for one. */
  usage(): { connections: number; idle: number; waiting: number };
  /** Waits for what is running, then closes every connection. */
  close(): Promise<void>;
};

const IDLE_CONNECTION_MS = 60_000;
const KEEPALIVE_AFTER_MS = 10_000;

/**
 * A named statement keeps the plan that was right when a connection first ran it a few times: for tables that were almost empty,
 * reading and joining them whole. Minutes later an onsale has filled them, and the plan stays until they happen to be analyzed.
 */
const LOOKUPS_ONLY = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin', 'material']
  .map((way) => `-c enable_${way}=off`)
  .join(' ');

/** A pool of pipelined connections to one database. Connects when first used. */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const { connectionString, name, poolSize, connectTimeoutMs = 5_000, statementTimeoutMs = 30_000, onIdleError } = options;
  const planning = options.lookupsOnly === true ? { options: LOOKUPS_ONLY } : {};
  const pool = new pg.Pool({
    connectionString,
    max: poolSize,
    pipeline: true,
    ...planning,
    application_name: `onsale ${name}`,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    // The server's own timeout fires first; this one is for a server that no longer answers at all.
    query_timeout: statementTimeoutMs * 2,
  });
  const lost = new WeakSet<pg.PoolClient>();
  pool.on('connect', (client) => client.on('error', () => lost.add(client)));
  pool.on('error', (error) => onIdleError?.(error));

  /** One statement on a connection of its own. Unlike `pool.query`, an ordinary error of the statement keeps the connection. */
  async function single(statement: Statement, values: readonly unknown[]): Promise<pg.QueryResult> {
    const client = await pool.connect();
    let broken = true;
    try {
      const result = await client.query({ ...statement, values: [...values] });
      broken = false;
      return result;
    } catch (error) {
      broken = !keepsConnectionUsable(error);
      throw error;
    } finally {
      client.release(broken || lost.has(client));
    }
  }

  async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken = true;
    try {
      const outcome = await inTransaction(client, () => lost.has(client), work);
      broken = outcome.broken;
      if (!outcome.ok) throw outcome.error;
      return outcome.value;
    } finally {
      client.release(broken || lost.has(client));
    }
  }

  let closing: Promise<void> | null = null;
  return {
    name,
    rows: async <Row>(statement: Statement, values: readonly unknown[] = []) => rowsOf<Row>(await single(statement, values)),
    run: async (statement, values = []) => (await single(statement, values)).rowCount ?? 0,
    transaction,
    usage: () => ({ connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => (closing ??= pool.end()),
  };
}
