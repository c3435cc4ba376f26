/**
 * What code above the driver sees of PostgreSQL. A statement has a constant text and a name, so each connection prepares it once;
 * values that vary in number go as arrays through `unnest`.
 */
export type Statement = { readonly name: string; readonly text: string };

/** Runs statements. Statements issued without awaiting the one before are pipelined on the connection, in order. */
export interface Tx {
  rows<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  /** Number of rows that the statement touched. */
  run(statement: Statement, values?: readonly unknown[]): Promise<number>;
}

/** One service's database. Its own `rows` and `run` are single statements outside a transaction. */
export interface Database extends Tx {
  readonly name: string;
  /**
   * Runs `work` in one READ COMMITTED transaction and commits it. Throws what `work` threw after a rollback; throws
   * `CommitOutcomeUnknown` when the connection was lost after COMMIT was sent: the caller must not run it again by itself.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** Names a statement. The name is `<service>.<what_it_does>`, unique in the program. */
export function sql(name: string, text: string): Statement {
  return { name, text };
}
