import type pg from 'pg';
import { MIGRATION_TABLE } from '../postgres/migrate.ts';

/** A table and the columns that can be written: what is computed of others is computed again. */
export type Table = { name: string; columns: string[] };

/** A sequence and the last number it gave; null when it gave none. */
export type Sequence = { name: string; lastValue: string | null };

/** Tables to which others refer come before those. Who knows which migrations ran is not data. */
export async function readTables(client: pg.Client): Promise<Table[]> {
  const tables = await client.query<Table>(
    `SELECT class.relname AS name, array_agg(attname::text ORDER BY attnum) AS columns
     FROM pg_class AS class JOIN pg_attribute ON attrelid = class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> $1
     GROUP BY class.relname ORDER BY class.relname`,
    [MIGRATION_TABLE],
  );
  const references = await client.query<{ from: string; to: string }>(
    `SELECT conrelid::regclass::text AS from, confrelid::regclass::text AS to FROM pg_constraint
     WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid <> confrelid`,
  );
  return inOrderOfReference(tables.rows, references.rows);
}

export async function readSequences(client: pg.Client): Promise<Sequence[]> {
  const { rows } = await client.query<Sequence>(
    `SELECT sequencename AS name, last_value::text AS "lastValue" FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1`,
  );
  return rows;
}

/** Pure. Tables that refer to one another in a circle stay as they came. */
export function inOrderOfReference(tables: readonly Table[], references: readonly { from: string; to: string }[]): Table[] {
  const ordered: Table[] = [];
  const visited = new Set<string>();
  function visit(table: Table): void {
    if (visited.has(table.name)) return;
    visited.add(table.name);
    const wanted = references.filter(({ from }) => from === table.name).map(({ to }) => to);
    for (const other of tables) if (wanted.includes(other.name)) visit(other);
    ordered.push(table);
  }
  for (const table of tables) visit(table);
  return ordered;
}
