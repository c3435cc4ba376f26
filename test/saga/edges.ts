import { ORDER_STATUSES } from '../../contracts/http/orders.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { nextStatus, ORDER_CAUSES } from '../../services/orders/domain/order-status.ts';

/** Every transition that the table of an order's states has, as `PENDING --PAYMENT_STARTED--> PAYMENT_PROCESSING`. */
export function edgesOfTable(): string[] {
  return ORDER_STATUSES.flatMap((from) =>
    ORDER_CAUSES.flatMap((cause) => {
      const to = nextStatus(from, cause);
      return to === null ? [] : [edge(from, cause, to)];
    }),
  );
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
