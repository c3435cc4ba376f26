import pg from 'pg';
import { MIGRATION_TABLE, migrationTable, UNFINISHED_RESTORE } from '../postgres/migrate.ts';
import { readTables } from './tables.ts';

const [DIRECTORY, NAME] = UNFINISHED_RESTORE.split('/');

/** A table that has rows; null when there is none, or when what is there is of a restore that was cut off. */
export async function isUsed(client: pg.Client): Promise<string | null> {
  const { rows: known } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    MIGRATION_TABLE,
  ]);
  if (known[0]?.found === true) {
    const mark = await client.query(`SELECT FROM ${MIGRATION_TABLE} WHERE directory = $1 AND name = $2`, [DIRECTORY, NAME]);
    if (mark.rowCount !== 0) return null;
  }
  for (const { name } of await readTables(client)) {
    const { rowCount } = await client.query(`SELECT FROM ${pg.escapeIdentifier(name)} LIMIT 1`);
    if (rowCount !== 0) return name;
  }
  return null;
}

/** From here on no program starts on this database. */
export async function markUnfinished(client: pg.Client): Promise<void> {
  await client.query(migrationTable());
  await client.query(`INSERT INTO ${MIGRATION_TABLE} (directory, name, checksum) VALUES ($1, $2, '') ON CONFLICT DO NOTHING`, [
    DIRECTORY,
    NAME,
  ]);
}

/** Drops everything that is there, but never leaves the database without its mark. */
export async function emptyAndMark(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ drop: string }>(
    `SELECT format('DROP TABLE IF EXISTS %s CASCADE', oid::regclass) AS drop FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
     UNION ALL
     SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', pg_proc.oid::regprocedure) FROM pg_proc
     WHERE pronamespace = current_schema()::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')`,
  );
  await client.query('BEGIN');
  for (const { drop } of rows) await client.query(drop);
  await markUnfinished(client);
  await client.query('COMMIT');
}

export async function unmark(client: pg.Client): Promise<void> {
  await client.query(`DELETE FROM ${MIGRATION_TABLE} WHERE directory = $1 AND name = $2`, [DIRECTORY, NAME]);
}
