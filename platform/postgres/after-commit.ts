import type { Database } from './database.ts';

/** The same database; `onCommit` is called after every transaction that committed. It must be cheap and must not throw. */
export function afterCommit(database: Database, onCommit: () => void): Database {
  return {
    ...database,
    transaction: async (work) => {
      const result = await database.transaction(work);
      onCommit();
      return result;
    },
  };
}
