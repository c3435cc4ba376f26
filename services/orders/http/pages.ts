import type { PageQuery } from '../../../contracts/http/orders.ts';
import { isId, type IdKind } from '../../../contracts/ids.ts';
import { validationFailed } from '../../../platform/http/validation.ts';

const DEFAULT_LIMIT = 20;
/** Sorts after every id. */
const NO_CURSOR = '~';

/** A page of rows, the latest first. The cursor is the last id of the page before: ids sort by time. */
export async function pageOf<Row>(
  kind: IdKind,
  { limit = DEFAULT_LIMIT, cursor }: PageQuery,
  read: (before: string, limit: number) => Promise<Row[]>,
): Promise<{ rows: Row[]; nextCursor: (idOf: (row: Row) => string) => string | null }> {
  if (cursor !== undefined && !isId(kind, cursor))
    throw validationFailed([{ path: 'query.cursor', message: 'is not a cursor of this list' }]);
  const found = await read(cursor ?? NO_CURSOR, limit + 1);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, nextCursor: (idOf) => (found.length > limit && last !== undefined ? idOf(last) : null) };
}
