import type { Logger } from 'pino';
import type { Topic } from '../../../contracts/events/domain-event.ts';
import { sql, type Database } from '../../postgres/database.ts';

const register = sql(
  'log.register_group',
  `INSERT INTO consumer_offset (consumer_group, topic) SELECT $1, topic FROM unnest($2::text[]) AS given (topic) ORDER BY topic
   ON CONFLICT (consumer_group, topic) DO UPDATE SET seen_at = now()`,
);

const find = sql(
  'log.find_offset',
  'SELECT next_offset AS "nextOffset" FROM consumer_offset WHERE consumer_group = $1 AND topic = $2',
);

const commit = sql('log.commit_offsets', 'SELECT commit_offsets($1::text[], $2::text[], $3::bigint[])');

const COMMIT_EVERY_MS = 20;

/** How far the groups of this process have read. */
export type Offsets = {
  /** Says that the group consumes these topics, so that nothing it has not read is removed. */
  register(group: string, topics: readonly Topic[]): Promise<void>;
  find(group: string, topic: Topic): Promise<number>;
  /** Remembers a moment later, all groups in one statement: what a crash forgets comes again, and the inbox knows it. */
  commitSoon(group: string, topic: Topic, nextOffset: number): void;
  /** Remembers now what is not yet remembered. */
  flush(): Promise<void>;
};

type Position = { group: string; topic: Topic; nextOffset: number };

export function createOffsets(database: Database, logger: Logger): Offsets {
  let uncommitted = new Map<string, Position>();
  let timer: NodeJS.Timeout | null = null;
  let last: Promise<void> = Promise.resolve();

  function commitSoon(group: string, topic: Topic, nextOffset: number): void {
    uncommitted.set(`${group} ${topic}`, { group, topic, nextOffset });
    timer ??= setTimeout(() => void flush(), COMMIT_EVERY_MS);
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    last = last.then(send);
    return last;
  }

  async function send(): Promise<void> {
    if (uncommitted.size === 0) return;
    const positions = [...uncommitted.values()];
    uncommitted = new Map();
    try {
      await database.rows(commit, [
        positions.map(({ group }) => group),
        positions.map(({ topic }) => topic),
        positions.map(({ nextOffset }) => nextOffset),
      ]);
    } catch (error) {
      // The next batch commits a later offset; if there is none, these are delivered again, which changes nothing.
      logger.warn({ err: error }, 'Offsets of consumer groups could not be stored.');
    }
  }

  return {
    register: async (group, topics) => void (await database.run(register, [group, topics])),
    find: async (group, topic) => Number((await database.rows<{ nextOffset: string }>(find, [group, topic]))[0]?.nextOffset ?? 0),
    commitSoon,
    flush,
  };
}
