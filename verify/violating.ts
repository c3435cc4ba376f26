import { sql, type Statement, type Tx } from '../platform/postgres/database.ts';
import { MAX_ROWS, type Row, type Violation } from './report.ts';

/** A query for rows that must not be, and what they are called. */
export type Violating = { what: string; statement: Statement };

const TOTAL = 'all of them';

export function violating(what: string, name: string, query: string): Violating {
  const text = `select violating.*, count(*) over ()::integer as "${TOTAL}" from (${query}) as violating limit ${MAX_ROWS}`;
  return { what, statement: sql(name, text) };
}

/** Runs these queries. However much is broken, only so many rows as are shown come here. */
export async function violationsIn(tx: Tx, queries: readonly Violating[]): Promise<Violation[]> {
  const found = await Promise.all(queries.map(({ statement }) => tx.rows<Row>(statement)));
  return queries.flatMap(({ what }, index) => violationOf(what, found[index] ?? []));
}

function violationOf(what: string, rows: readonly Row[]): Violation[] {
  const total = Number(rows[0]?.[TOTAL] ?? 0);
  const shown = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== TOTAL)));
  return total === 0 ? [] : [{ what, rows: shown, total }];
}
