import type { Statement } from '../platform/postgres/database.ts';
import type { Row } from './report.ts';
import { lookingUp, overEverything, pagesOf, type Session } from './session.ts';

/**
 * Carries one side of a comparison to the other, a page at a time. `all` is everything of this side; `differing` takes a page of it
 * as a JSON array $1, looks up what belongs to it there, and answers with what differs.
 *
 * @returns how many rows were compared
 */
export function compare(
  from: { in: Session; all: Statement },
  to: { in: Session; differing: Statement },
  onDiffering: (...rows: Row[]) => void,
): Promise<number> {
  return overEverything(from.in, (here) =>
    lookingUp(to.in, async (there) => {
      let compared = 0;
      for await (const page of pagesOf<Row>(here, from.all)) {
        onDiffering(...(await there.rows<Row>(to.differing, [JSON.stringify(page)])));
        compared += page.length;
      }
      return compared;
    }),
  );
}
