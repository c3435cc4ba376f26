import { readFileSync } from 'node:fs';
import type { Database } from '../../platform/postgres/database.ts';

const DOCUMENT = new URL('../../docs/order-states.md', import.meta.url);

/**
 * Every transition that an order's table of states has, as `PENDING --PAYMENT_STARTED--> PAYMENT_PROCESSING`. Read from the page
 * that is made from the table, which a test of its own holds to it: orders shows nobody outside its `domain/`.
 */
export function edgesOfTable(): string[] {
  const rows = readFileSync(DOCUMENT, 'utf8').matchAll(/^\| ([A-Z_]+) +\| ([A-Z_]+) +\| ([A-Z_]+|stays) +\|$/gm);
  return [...rows].map(([, from = '', cause = '', to = '']) => edge(from, cause, to === 'stays' ? from : to));
}

const HAPPENED = {
  name: 'test.edges_that_happened',
  text: 'select distinct from_status as "from", cause, to_status as "to" from order_change where from_status is not null',
};

/** Every transition that orders of this database went through, from what orders itself keeps of each. */
export async function edgesThatHappened(database: Database): Promise<string[]> {
  const rows = await database.rows<{ from: string; cause: string; to: string }>(HAPPENED);
  return rows.map(({ from, cause, to }) => edge(from, cause, to));
}

function edge(from: string, cause: string, to: string): string {
  return `${from} --${cause}--> ${to}`;
}

/** Transitions that should have happened and did not, and those that happened and should not have. */
export function compareEdges(
  promised: readonly string[],
  happened: readonly string[],
): { notDriven: string[]; notPromised: string[] } {
  return {
    notDriven: promised.filter((one) => !happened.includes(one)).toSorted(),
    notPromised: happened.filter((one) => !promised.includes(one)).toSorted(),
  };
}
