import { DatabaseError } from 'pg';
import type { PoolClient, QueryResult } from 'pg';
import type { Statement, Tx } from './database.ts';
import { CommitOutcomeUnknown, isConnectionLost } from './errors.ts';
import { holdWrites, type HeldWrites } from './held-writes.ts';

export type Outcome<T> = { broken: boolean } & ({ ok: true; value: T } | { ok: false; error: unknown });

/** What has gone wrong with the statements of one transaction. The first error is the true one; those after it only echo it. */
type Failures = { first: { error: unknown } | null; all: Set<unknown>; broken: boolean };

/**
 * Runs `work` between BEGIN and COMMIT on a connection that nobody else uses. BEGIN goes out together with the first statement,
 * and COMMIT behind whatever `work` left unawaited, so neither costs a round trip of its own there.
 *
 * @param isLost whether the connection is known to be gone
 * @returns `broken` when the connection must not be used again
 */
export async function inTransaction<T>(
  client: PoolClient,
  isLost: () => boolean,
  work: (tx: Tx) => Promise<T>,
): Promise<Outcome<T>> {
  const failures: Failures = { first: null, all: new Set(), broken: false };
  const writes = holdWrites(client);
  let begun = false;
  let over = false;

  function send(statement: Statement, values: readonly unknown[]): Promise<QueryResult> {
    // Work that goes on after its transaction ended would otherwise write into the transaction of the connection's next user.
    if (over) return Promise.reject(new Error(`${statement.name} was issued after its transaction had ended.`));
    holdForTurn();
    if (!begun) {
      begun = true;
      void noted(client.query('BEGIN ISOLATION LEVEL READ COMMITTED'), failures);
    }
    return noted(client.query({ ...statement, values: [...values] }), failures);
  }
  /** What the end of `work` left unsent goes with COMMIT. */
  function holdForTurn(): void {
    if (!writes.hold()) return;
    process.nextTick(() => {
      if (!over) writes.release();
    });
  }
  const tx: Tx = {
    rows: <Row>(statement: Statement, values: readonly unknown[] = []) => quiet(send(statement, values).then(rowsOf<Row>)),
    run: (statement, values = []) => quiet(send(statement, values).then((result) => result.rowCount ?? 0)),
  };

  try {
    const value = await work(tx);
    over = true;
    if (begun) await commit(client, isLost, failures, writes);
    return { ok: true, value, broken: failures.broken };
  } catch (thrown) {
    over = true;
    writes.release();
    // What `work` made of a statement's error is its own to say; the error itself, or an echo of it, becomes the first one.
    const error = failures.first !== null && failures.all.has(thrown) ? failures.first.error : thrown;
    if (begun && !isLost()) await rollback(client, failures);
    return { ok: false, error, broken: failures.broken || isLost() };
  }
}

export function rowsOf<Row>({ rows }: QueryResult): Row[] {
  // oxlint-disable-next-line typescript/no-unsafe-return -- the statement's row type is named by its caller, in the store beside its SQL
  return rows;
}

async function commit(client: PoolClient, isLost: () => boolean, failures: Failures, writes: HeldWrites): Promise<void> {
  // The driver reports a statement it could not even send on the next tick; the server would commit without it.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  throwFirst(failures);
  if (isLost()) throw new Error('Connection terminated before COMMIT was sent');
  const committed = quiet(client.query('COMMIT'));
  writes.release();
  let command: string;
  try {
    ({ command } = await committed);
  } catch (error) {
    failures.broken = true;
    if (!isConnectionLost(failures.first?.error)) throwFirst(failures);
    throw isDefinite(error) ? error : new CommitOutcomeUnknown(error);
  }
  // COMMIT of a failed transaction is no error for the server: it answers ROLLBACK.
  throwFirst(failures);
  if (command !== 'COMMIT') throw new Error(`PostgreSQL answered ${command} to COMMIT`);
}

function throwFirst({ first }: Failures): void {
  if (first !== null) throw first.error;
}

async function rollback(client: PoolClient, failures: Failures): Promise<void> {
  try {
    await client.query('ROLLBACK');
  } catch {
    failures.broken = true;
  }
}

/** Whether the server itself refused the COMMIT (a deferred constraint, say), as opposed to having gone away. */
function isDefinite(error: unknown): boolean {
  return error instanceof DatabaseError && !isConnectionLost(error);
}

function noted(result: Promise<QueryResult>, failures: Failures): Promise<QueryResult> {
  result.catch((error: unknown) => {
    failures.first ??= { error };
    failures.all.add(error);
    if (!keepsConnectionUsable(error)) failures.broken = true;
  });
  return result;
}

/** A statement that nobody awaits must not end the process; its error still fails the transaction. */
function quiet<T>(result: Promise<T>): Promise<T> {
  result.catch(() => undefined);
  return result;
}

/**
 * Whether a connection can be used again after a statement failed like this. Not after errors of the driver's own (it may have
 * closed a named statement and still think it prepared), nor when the server's prepared statements and ours differ
 * (26000 unknown, 42P05 duplicate, 0A000 result type changed).
 */
export function keepsConnectionUsable(error: unknown): boolean {
  return error instanceof DatabaseError && !isConnectionLost(error) && !['26000', '42P05', '0A000'].includes(error.code ?? '');
}
