import { sql, type Tx } from '../../../platform/postgres/database.ts';

/** `rolesVersion` null: all access tokens of the session `subject`. Else those of the user `subject` with an older version. */
export type Revocation = { subject: string; rolesVersion: number | null; until: Date };

const INSERT = sql(
  'users.insert_revocations',
  `INSERT INTO revocation (subject, roles_version, until) SELECT * FROM unnest($1::text[], $2::integer[], $3::timestamptz[])
   ON CONFLICT (subject) DO UPDATE SET roles_version = excluded.roles_version, until = greatest(revocation.until, excluded.until)`,
);

const PAGE = sql(
  'users.revocations_in_force',
  `SELECT subject, roles_version AS "rolesVersion", until FROM revocation
   WHERE until > $1 AND ($2::text IS NULL OR subject > $2) ORDER BY subject LIMIT $3`,
);

const DELETE_PAST = sql(
  'users.delete_past_revocations',
  `DELETE FROM revocation WHERE subject IN
     (SELECT subject FROM revocation WHERE until <= $1 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);

/** Of one account, under its lock: so versions only grow. */
export async function insertRevocations(tx: Tx, revocations: readonly Revocation[]): Promise<void> {
  if (revocations.length === 0) return;
  await tx.run(INSERT, [
    revocations.map(({ subject }) => subject),
    revocations.map(({ rolesVersion }) => rolesVersion),
    revocations.map(({ until }) => until),
  ]);
}

/** Those that still matter, by subject. @param after the last subject of the page before */
export function revocationsInForce(tx: Tx, page: { now: Date; after: string | null; limit: number }): Promise<Revocation[]> {
  return tx.rows<Revocation>(PAGE, [page.now, page.after, page.limit]);
}

/** @returns how many were deleted, at most `limit` */
export function deletePastRevocations(tx: Tx, now: Date, limit: number): Promise<number> {
  return tx.run(DELETE_PAST, [now, limit]);
}
