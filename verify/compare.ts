import type { Statement, Tx } from '../platform/postgres/database.ts';
import type { Row } from './invariants/check.ts';

const PAGE = 5_000;

type Reader = Pick<Tx, 'rows'>;

/**
 * Carries one side of a comparison to the other, a page at a time. `page` reads rows in order with a column `cursor`, those after the
 * cursor $1 (text), at most $2; `differing` takes such a page as a JSON array $1 and answers with what differs.
 *
 * @returns how many rows were compared
 */
export async function compare(
  from: { in: Reader; page: Statement },
  to: { in: Reader; differing: Statement },
  onDiffering: (...rows: Row[]) => void,
): Promise<number> {
  let compared = 0;
  for (let cursor = ''; ;) {
    const page = await from.in.rows<{ cursor: string }>(from.page, [cursor, PAGE]);
    const last = page.at(-1);
    if (last === undefined) return compared;
    onDiffering(...(await to.in.rows<Row>(to.differing, [JSON.stringify(page)])));
    compared += page.length;
    cursor = last.cursor;
  }
}
