import { createWriteBatcher } from './write-batcher.ts';

/** Reads a row as it is at some moment after the call, so that what the caller knows to be committed is seen. */
export type Lookup<Row> = (id: string) => Promise<Row | undefined>;

const BATCH = { maxBatch: 500, maxQueue: 10_000, maxWaitMs: 5_000 };

/**
 * Reads rows by their ids, those that are asked for while a read is under way together in the next one: a statement costs far more
 * than a row. One that comes alone waits for nobody.
 *
 * @param read all of them in one statement
 */
export function createLookup<Row>(
  name: string,
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>,
): Lookup<Row> {
  const batcher = createWriteBatcher<string, { row: Row | undefined }>({
    name,
    ...BATCH,
    run: async (ids) => {
      const rows = await read([...new Set(ids)]);
      return ids.map((id) => ({ row: rows.get(id) }));
    },
  });
  return async (id) => (await batcher.submit(id)).row;
}
